"""Writes customers' letters about orders."""
