"""Devices of the shop: a role is what the shop needs, a driver is how a device provides it."""
