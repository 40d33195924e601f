"""`edge check` for settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from edge.core.registry import CheckResult
from edge.core.storage.database import Connection
from edge.foundation.settings.queries import read_settings


def overrides(db: Connection) -> Iterator[CheckResult]:
    """Settings that differ from config.toml, and their source."""
    for said in read_settings(db):
        value, day = msgspec.json.encode(said.value).decode(), datetime.fromtimestamp(said.at_us / 1e6, UTC).date()
        what = f"{value}, set by {said.by} on {day.isoformat()}; overrides config.toml."
        yield CheckResult(said.name, True, what)
