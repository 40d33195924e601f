"""The shop as one SQLite file, for whatever else shall read it: documented tables, views, nothing of a person."""
