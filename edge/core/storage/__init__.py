"""One SQLite file: opened, locked, migrated, checked for damage."""
