"""Logs of authentications and of access to personal data, kept on this box for 90 days."""
