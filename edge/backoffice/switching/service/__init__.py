"""Reads a shop's data from another system over the network."""
