"""Loudspeakers of the shop, which fall silent at once."""
