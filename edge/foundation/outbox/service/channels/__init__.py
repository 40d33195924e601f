"""Notification channels: one file each, behind `sender.Sender`."""
