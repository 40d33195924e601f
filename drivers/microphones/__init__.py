"""Microphones, as 16-bit samples of one channel."""
