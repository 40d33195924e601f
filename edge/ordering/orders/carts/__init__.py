"""Carts, from the first item to the order."""
