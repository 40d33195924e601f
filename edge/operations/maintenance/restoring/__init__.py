"""A ledger made of a backup, or of what the hub holds, and what is known of the past that it goes on without."""
