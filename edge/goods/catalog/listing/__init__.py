"""Browsing the catalogue, page by page with filters. See ../README.md."""
