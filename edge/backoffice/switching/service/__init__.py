"""Asks another system for what a shop has there: the capability's hands outside of the shop."""
