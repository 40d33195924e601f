"""Browsers and sessions: pairing, and where users are signed in."""
