"""Writes the orders that go to suppliers."""
