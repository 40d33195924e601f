"""Scanners: a file per connection type, and their common base."""
