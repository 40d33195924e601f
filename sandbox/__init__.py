"""Restrictions for our processes that open untrusted files."""
