"""Background parts for shops with two boxes."""
