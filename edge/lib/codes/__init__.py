"""Meaning of scanned barcodes. See README.md."""
