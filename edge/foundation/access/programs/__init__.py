"""Programs that call the API: keys and tokens."""
