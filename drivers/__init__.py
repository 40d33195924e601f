"""Devices of the shop: what the shop needs is a role, how one device does it is a driver."""
