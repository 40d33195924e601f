"""Units of measure and formatting of amounts."""
