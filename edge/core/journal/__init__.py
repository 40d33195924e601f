"""The hash-chained journal (audit log) and the tables derived from it."""
