"""Onto the paper: documents as bytes, and the part that drives a printer."""
