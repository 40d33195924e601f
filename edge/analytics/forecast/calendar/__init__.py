"""Holidays, local events and weather."""
