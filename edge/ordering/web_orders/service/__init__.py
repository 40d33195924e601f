"""Web shops that are told of orders and goods. See README.md."""
