"""Letters to people outside: one file per kind, written when sent."""
