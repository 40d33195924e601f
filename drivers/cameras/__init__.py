"""Cameras that return a picture on request."""
