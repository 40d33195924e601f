"""Judging records, and applying them through commands."""
