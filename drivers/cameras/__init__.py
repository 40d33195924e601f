"""Cameras that give one picture when asked."""
