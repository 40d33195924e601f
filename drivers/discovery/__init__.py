"""Devices that are plugged in or announce themselves, and what each could do."""
