"""Information about people from higher capabilities, for the users page."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.config_section import ConfigFile
from edge.core.services import Service

PHONE_REGION: Service[Callable[[ConfigFile], str]] = Service("country of phones")
"""The country whose format is used for local phone numbers (ISO 3166)."""
