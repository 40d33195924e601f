"""Scanners, simulated on the real wires."""
