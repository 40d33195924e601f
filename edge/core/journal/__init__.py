"""Every fact, one chain of hashes, and the tables that follow from it. See ../README.md."""
