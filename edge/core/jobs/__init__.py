"""Long-running work, done as chunks of commands."""
