"""Restores a ledger from a backup or from head office, and records what is known about the time missing from it."""
