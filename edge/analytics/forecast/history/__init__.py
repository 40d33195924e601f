"""Past demand: from the ledger and from imported files."""
