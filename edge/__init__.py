"""The in-store appliance."""

__version__ = "0.1.0"
"""The product's version. `pyproject.toml` reads it here; it's defined nowhere else."""
