"""The schedule of connectors. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.backoffice.feeds.connector import Connector

MINUTE_US = 60_000_000
RETRY_MINUTES = (1, 6, 21)
"""Minutes after the first failure at which to retry; after that, at the next scheduled run."""
NO_RETRY = frozenset({"undelivered.wrong_password", "undelivered.no_secret"})
"""Failures for which retrying is useless until a user acts, and may lock the account."""


def is_due(connector: Connector, asked_us: int, now_us: int, zone: ZoneInfo) -> bool:
    """Whether a connector last run at `asked_us` (0: never) is due. Several missed runs are replaced by a
    single one."""
    if connector.every_min:
        return now_us - asked_us >= connector.every_min * MINUTE_US
    return bool(connector.at) and asked_us < _last_turn_us(connector.at, now_us, zone)


def is_tried_again(connector: Connector, asked_us: int, failed_us: int, why: str, now_us: int) -> bool:
    """Whether to retry a failing connector before its next scheduled run. `failed_us`: when it began to fail (0: it
    isn't failing). A nightly catalogue shouldn't wait a day because of a brief failure.

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
    """Whether a scheduled connector's data is too old. If its interval is longer than the limit, it gets an extra hour.
    A connector that never succeeded is failing, not stale."""
    turns_h = (connector.every_min / 60 or 24) + 1
    own = connector.kind != "office" and bool(connector.every_min or connector.at)
    wanted = connector.is_active and own and good_us > 0
    return wanted and age_h(good_us, now_us) > max(connector.stale_h, turns_h)


def _last_turn_us(at: str, now_us: int, zone: ZoneInfo) -> int:
    """The last time at which the shop's clock showed the time `at`."""
    now = datetime.fromtimestamp(now_us / 1e6, tz=zone)
    hour, minute = map(int, at.split(":"))
    turn = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if turn > now:
        turn = (now.replace(tzinfo=None) - timedelta(days=1)).replace(
            hour=hour, minute=minute, second=0, microsecond=0, tzinfo=zone
        )
    return int(turn.timestamp()) * 1_000_000
