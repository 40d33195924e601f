"""The pages, each with the pieces it asks for. See ../README.md."""
