"""Scales that are asked for a weight over a serial line."""
