"""The version of the signed formats. It changes with texts, chains and closings (a test checks it)."""

from __future__ import annotations

from edge import __version__

FISCAL_VERSION = "4"
SOFTWARE_VERSION = __version__
SOFTWARE_NAME = "edge-store"
