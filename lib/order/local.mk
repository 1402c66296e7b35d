# lib/order
