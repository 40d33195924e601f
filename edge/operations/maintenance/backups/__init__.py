"""Sealed copies of the ledger: the code, the file format, where they go, making and opening them."""
