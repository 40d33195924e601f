"""Batches fetched from providers that have an API for them. See README.md."""
