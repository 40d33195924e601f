"""The machine's time zone, used by its log, timers and users. Receipts use the shop's zone (`[store] zone`), which is
compared as a setting."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME, TIMEZONE = Path("/etc/localtime"), Path("/etc/timezone")
FOLDER = "/zoneinfo/"
LOOKED_AT_DAYS = range(0, 366, 30)


def read_zone(localtime: Path = LOCALTIME, timezone: Path = TIMEZONE) -> str:
    """The zone's name, such as "Europe/Paris"; "" if unknown (localtime(5))."""
    said = os.environ.get("TZ", "").removeprefix(":")
    if not said:
        target = os.path.realpath(localtime)
        if FOLDER in target:
            said = target.rpartition(FOLDER)[2]
        elif timezone.is_file():
            said = timezone.read_text(encoding="utf-8", errors="replace").strip()
        elif not localtime.exists():
            said = "UTC"
    return said if _zone(said) else ""


def are_apart(one: str, other: str, at_us: int) -> bool:
    """Whether clocks in these zones differ at any time in the following year. Unknown zones count as equal."""
    first, second = _zone(one), _zone(other)
    if first is None or second is None:
        return False
    begin = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    days = (begin + timedelta(days=day) for day in LOOKED_AT_DAYS)
    return any(day.astimezone(first).utcoffset() != day.astimezone(second).utcoffset() for day in days)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
