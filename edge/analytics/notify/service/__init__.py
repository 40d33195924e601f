"""Tells people of alerts, and sends whatever else waits. See README.md."""
