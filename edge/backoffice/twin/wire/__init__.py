"""Connections between the boxes: TLS, frames and listening."""
