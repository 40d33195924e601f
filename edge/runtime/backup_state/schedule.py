"""When a backup, restore test or archive run is due. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.runtime.backup_state.limits import OTHER_BOX_DAYS, OVERDUE_DAYS
from edge.runtime.backup_state.status import BackupStatus
from edge.runtime.config.backup import Backup

Task = Literal["backup", "drill", "archive", "look"]
"""`look` opens a chosen backup, on request only."""
DAY_US = 86_400_000_000


def due(kept: BackupStatus, settings: Backup, zone: str, now_us: int) -> Task | None:
    """Return the next due task, or None.

    A time in the future comes from a wrong clock and is treated as never.
    """
    turn_us = last_turn_us(settings.at, zone, now_us)
    if settings.is_wanted:
        if not turn_us <= kept.backup_us <= now_us:
            return "backup"
        if settings.drill_days and not now_us - settings.drill_days * DAY_US < kept.drill_us <= now_us:
            return "drill"
    if settings.archive_after_days and not turn_us <= kept.archive_us <= now_us:
        return "archive"
    return None


def of_two_boxes(settings: Backup) -> Backup:
    """Return the settings for the leading box of two. The other box tests backups, and this one only if that failed."""
    days = settings.drill_days + OTHER_BOX_DAYS if settings.drill_days else 0
    return msgspec.structs.replace(settings, drill_days=days)


def last_turn_us(at: str, zone: str, now_us: int) -> int:
    """Last time the clock showed `at` ("03:30") in `zone`: UTC microseconds."""
    hours, minutes = map(int, at.split(":"))
    now = datetime.fromtimestamp(now_us / 1e6, ZoneInfo(zone))
    turn = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return int((turn if turn <= now else turn - timedelta(days=1)).timestamp()) * 1_000_000


def overdue_days(kept: BackupStatus, now_us: int) -> int:
    """Return the age of the newest backup in days if it is too old, otherwise 0. A new shop gets the same time for its
    first one."""
    since = max(kept.backup_us, kept.began_us)
    days = (now_us - since) // DAY_US if since else 0
    return days if days >= OVERDUE_DAYS else 0
