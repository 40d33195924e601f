"""Service of the feeds: its network access."""
