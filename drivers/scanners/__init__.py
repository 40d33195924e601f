"""Scanners: one file a wire, and what they stand on."""
