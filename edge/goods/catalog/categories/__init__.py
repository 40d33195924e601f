"""The tree of categories. See ../README.md."""
