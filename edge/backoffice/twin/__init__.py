"""A standby box with a copy of everything. See README.md."""
