"""Signing in and refusing, the same on a box and at head office."""
