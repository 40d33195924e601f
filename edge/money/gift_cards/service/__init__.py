"""Settles gift cards with head office."""
