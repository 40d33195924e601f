"""One SQLite file: how it is opened, locked, migrated, and looked at when it is damaged. See ../README.md."""
