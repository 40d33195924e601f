"""The shop at any minute of its past. See README.md."""
