"""Maintenance of the ledger: backups, restores, archives, and tested upgrades."""
