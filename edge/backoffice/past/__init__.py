"""The shop as it was, at any minute since its first fact. See README.md."""
