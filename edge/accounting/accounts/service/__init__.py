"""Writes the reminders that go out by mail."""
