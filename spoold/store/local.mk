# spoold/store: the store's room
