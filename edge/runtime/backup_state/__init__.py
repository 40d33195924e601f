"""What is known of backups and of head office's copy, for pages and alerts; no capability is known here."""
