"""Encrypted copies of the ledger: recovery code, file format, destinations, creation and opening."""
