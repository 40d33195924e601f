"""Restores a ledger from a backup or the hub, and records what is known of the lost time."""
