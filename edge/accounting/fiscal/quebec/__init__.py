"""Québec: signed transactions, the outbox and the user report (WEB-SRM)."""
