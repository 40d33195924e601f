"""Certificates: one of one's own, or those of the box's own authority."""

from pathlib import Path

AUTHORITY_FILE = Path("tls", "authority.pem")
"""In the data folder: the authority's certificate."""
