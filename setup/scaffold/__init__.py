"""Generates a new capability, driver or migration."""
