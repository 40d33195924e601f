"""Webhooks on their way. See README.md."""
