"""A second box that has all this one wrote. See README.md."""
