"""The cloud side: stores' data in Postgres, and head office's messages to stores."""
