"""Cloud side: Postgres stores what stores send, and head office's messages to them."""
