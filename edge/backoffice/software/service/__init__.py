"""Newer versions of the software on this box: fetched, tried, exchanged while nobody sells, and taken back."""
