"""Restore a ledger from a backup or the hub, with what is known of the lost time."""
