"""Restore a ledger from a backup or the hub, and record what is known of the lost time."""
