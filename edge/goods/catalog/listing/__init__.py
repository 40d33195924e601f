"""Going through the catalogue, a page of a filter at a time. See ../README.md."""
