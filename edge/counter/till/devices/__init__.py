"""Devices of a register: scanner, scale, customer display and payment terminal."""
