"""A basket, what it comes to and what is taken off it, for whoever sells: pure rules. See README.md."""
