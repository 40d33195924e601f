"""`edge demo`: a complete shop with data of all kinds on one machine."""
