"""Fetches what connectors bring: the capability's hands outside of the shop."""
