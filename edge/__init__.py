"""The in-store appliance."""

__version__ = "0.1.0"
"""Of the product. `pyproject.toml` reads it here; nothing else states it."""
