"""Backup and replica status for pages, alerts and the second box.

Has all information about backups and head office's copy that these use. It depends on no capability, so that any may
use it. Maintenance makes and restores backups.
"""
