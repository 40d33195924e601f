"""Composition roots: appliance, head office, demo."""
