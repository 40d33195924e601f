"""The in-store appliance."""

import sys

# structlog loads `rich` where it is installed, as beside our tests: a tenth of a second of each process, for tracebacks
# that show what variables hold.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]

__version__ = "1.0.0"
"""The product's version. `pyproject.toml` reads it here; it's defined nowhere else."""
