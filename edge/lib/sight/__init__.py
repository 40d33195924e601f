"""Shelf recognition from pictures: pure array functions, and the process that runs them."""
