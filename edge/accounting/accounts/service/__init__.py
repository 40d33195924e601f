"""Writes reminders sent by mail."""
