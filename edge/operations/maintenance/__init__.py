"""Copies of the ledger: backups, what the hub holds, and upgrades tried on a shadow."""
