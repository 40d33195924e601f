"""Reservations: for whom goods are held, and for how long."""
