"""Service of the accounting export: its network access."""
