"""Printer output: documents as bytes, and the part that drives a printer."""
