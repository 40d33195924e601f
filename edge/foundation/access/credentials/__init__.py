"""Passwords, PINs, second factors and one-time codes: how they are set, verified and limited."""
