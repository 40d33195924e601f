"""What pages and alerts know of backups and head office's copy.

What pages, alerts and the second box know of backups and of head office's copy. It knows no capability, so that
all may ask it; what makes and restores backups is maintenance.
"""
