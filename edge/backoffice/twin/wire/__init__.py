"""Connections between the boxes: TLS, frames, listening and limits."""
