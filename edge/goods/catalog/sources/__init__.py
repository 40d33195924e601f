"""Sources' product data, and their precedence. See ../README.md."""
