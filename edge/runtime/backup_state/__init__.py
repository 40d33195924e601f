"""Backup and replica status for pages and alerts.

What pages, alerts and the second box know about backups and head office's copy. It depends on no capability, so any may
use it; maintenance makes and restores backups.
"""
