"""Played shelves: drawn bays that fill and empty, and the camera that shows them."""
