"""Long work, done as chunks of commands."""
