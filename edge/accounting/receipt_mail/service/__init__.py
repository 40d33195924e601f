"""Writes the receipts that go out by mail."""
