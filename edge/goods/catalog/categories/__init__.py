"""The category tree. See ../README.md."""
