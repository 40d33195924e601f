"""Training mode: practice sales, and yesterday replayed."""
