"""Writes invoices sent by mail."""
