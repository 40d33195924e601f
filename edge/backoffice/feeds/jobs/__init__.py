"""Background jobs of feeds: each run from file to command."""
