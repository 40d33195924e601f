"""Certificates: one of one's own, or those of the box's own authority."""
