"""The hash-chained journal, and the tables derived from it."""
