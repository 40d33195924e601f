"""Discovery of plugged-in and announced devices, and their possible uses."""
