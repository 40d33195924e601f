"""Checks records, and applies them through commands."""
