"""Providers' addresses for what they pay out."""
