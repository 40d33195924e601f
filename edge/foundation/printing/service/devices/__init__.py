"""Devices that a shop could use, found and tried. See README.md."""
