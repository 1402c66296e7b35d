# spoold/
