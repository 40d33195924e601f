"""Calls to servers of others. See README.md."""
