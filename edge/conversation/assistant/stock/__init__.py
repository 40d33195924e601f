"""Conversations with staff about stock: levels, movements and corrections."""
