"""Reading files and pages into records, by kind."""
