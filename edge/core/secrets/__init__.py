"""Named secrets, encrypted beside the ledger. See README.md."""
