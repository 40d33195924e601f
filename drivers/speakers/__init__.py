"""Loudspeakers, which can stop at once."""
