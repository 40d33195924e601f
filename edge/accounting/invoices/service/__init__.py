"""Writes the invoices that go out by mail."""
