"""The schedule of connectors. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.backoffice.feeds.connector import Connector

MINUTE_US = 60_000_000
RETRY_MINUTES = (1, 6, 21)
"""Minutes after the first failure at which it's tried again; after that at its next turn."""
NO_RETRY = frozenset({"undelivered.wrong_password", "undelivered.no_secret"})
"""Failures for which retrying is useless until a user acts, and may lock accounts."""


def is_due(connector: Connector, asked_us: int, now_us: int, zone: ZoneInfo) -> bool:
    """Whether a connector last run at `asked_us` (0: never) is due. Missed runs are made up by a single one."""
    if connector.every_min:
        return now_us - asked_us >= connector.every_min * MINUTE_US
    return bool(connector.at) and asked_us < _last_turn_us(connector.at, now_us, zone)


def is_tried_again(connector: Connector, asked_us: int, failed_us: int, why: str, now_us: int) -> bool:
    """Whether to retry a scheduled connector that has been failing since `failed_us` (0: it isn't) before its next run:
    a nightly catalogue shouldn't wait a day because of one bad minute.

    >>> at = 100 * MINUTE_US
    >>> night = Connector("a", at="03:00")
    >>> [is_tried_again(night, at, at, "undelivered.no_answer", at + n * MINUTE_US) for n in (0, 1)]
    [False, True]
    """
    if not failed_us or why in NO_RETRY or not (connector.every_min or connector.at):
        return False
    return any(asked_us < failed_us + after * MINUTE_US <= now_us for after in RETRY_MINUTES)


def age_h(good_us: int, now_us: int) -> float:
    """The age in hours of a connector's data.

    >>> age_h(0, 90 * MINUTE_US)
    1.5
    """
    return max(0, now_us - good_us) / (60 * MINUTE_US)


def is_stale(connector: Connector, good_us: int, now_us: int) -> bool:
    """Whether a scheduled connector has been silent too long. If its interval is that long, it gets an extra hour. One
    that never succeeded is failing, not stale."""
    turns_h = (connector.every_min / 60 or 24) + 1
    own = connector.kind != "office" and bool(connector.every_min or connector.at)
    wanted = connector.is_active and own and good_us > 0
    return wanted and age_h(good_us, now_us) > max(connector.stale_h, turns_h)


def _last_turn_us(at: str, now_us: int, zone: ZoneInfo) -> int:
    """The last time the shop's clock showed this time."""
    now = datetime.fromtimestamp(now_us / 1e6, tz=zone)
    hour, minute = map(int, at.split(":"))
    turn = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if turn > now:
        turn = (now.replace(tzinfo=None) - timedelta(days=1)).replace(
            hour=hour, minute=minute, second=0, microsecond=0, tzinfo=zone
        )
    return int(turn.timestamp()) * 1_000_000
