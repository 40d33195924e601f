"""Tells people of alerts. See README.md."""
