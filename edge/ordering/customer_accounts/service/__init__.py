"""Writes customers' letters about accounts and wish lists."""
