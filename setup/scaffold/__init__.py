"""The beginnings of a new capability and of a new driver. Standard library only."""
