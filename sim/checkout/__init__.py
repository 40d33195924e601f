"""Providers' pages on which customers pay."""
