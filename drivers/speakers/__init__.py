"""Loudspeakers that stop at once."""
