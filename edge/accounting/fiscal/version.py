"""Which version of what is signed this is: it changes whenever texts, chains or closings do (a test holds it)."""

from __future__ import annotations

from edge import __version__

FISCAL_VERSION = "3"
SOFTWARE_VERSION = __version__
SOFTWARE_NAME = "edge-store"
