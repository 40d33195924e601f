"""Writes receipts sent by mail."""
