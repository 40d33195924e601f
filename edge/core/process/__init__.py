"""Supervision of a process's parts: start, watch, stop in stages."""
