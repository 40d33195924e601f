"""Writes orders to suppliers."""
