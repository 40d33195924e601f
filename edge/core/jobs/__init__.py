"""Long work as chunks of commands."""
