"""Restore a ledger from a backup or the hub, and record the lost time as far as it's known."""
