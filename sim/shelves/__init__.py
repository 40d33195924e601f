"""Shelves drawn as pictures that fill and empty, and their camera."""
