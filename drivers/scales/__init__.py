"""Scales polled over a serial line."""
