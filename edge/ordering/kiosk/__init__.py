"""The page before which customers stand: goods, a cart, an order. See README.md."""
