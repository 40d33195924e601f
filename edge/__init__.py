"""The in-store appliance."""

import sys

# structlog loads `rich` where it's installed, as in our test environment. That takes each process a tenth of a second,
# only to show variables in tracebacks.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]

__version__ = "1.0.0"
"""The product's version. `pyproject.toml` reads it here; it's defined nowhere else."""
