"""Decode scanners' output: pure, for any bytes in any chunks."""
