"""Microphones of the shop: sound as samples of 16 bits, one channel, a twenty-fifth of a second at a time."""
