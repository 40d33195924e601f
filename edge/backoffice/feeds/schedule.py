"""When a connector is asked. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.backoffice.feeds.connector import Connector

MINUTE_US = 60_000_000
AGAIN_MIN = (1, 6, 21)
"""Who failed is tried again so many minutes after it began to fail, each a while longer behind the one before; then at
its next turn."""
NOT_AGAIN = frozenset({"undelivered.wrong_password", "undelivered.no_secret"})
"""Why trying again is of no use until somebody did something, and locks accounts."""


def is_due(connector: Connector, asked_us: int, now_us: int, zone: ZoneInfo) -> bool:
    """Whether a connector that was asked at `asked_us` (0: never) is to be asked now. However many turns were missed,
    they are made up for by one."""
    if connector.every_min:
        return now_us - asked_us >= connector.every_min * MINUTE_US
    return bool(connector.at) and asked_us < _last_turn_us(connector.at, now_us, zone)


def is_tried_again(connector: Connector, asked_us: int, failed_us: int, why: str, now_us: int) -> bool:
    """Whether a connector that is asked by itself, and fails since `failed_us` (0: it does not), is to be asked before
    its turn: a night's catalogue does not wait for the next night because of one minute.

    >>> at = 100 * MINUTE_US
    >>> night = Connector("a", at="03:00")
    >>> [is_tried_again(night, at, at, "undelivered.no_answer", at + n * MINUTE_US) for n in (0, 1)]
    [False, True]
    """
    if not failed_us or why in NOT_AGAIN or not (connector.every_min or connector.at):
        return False
    return any(asked_us < failed_us + after * MINUTE_US <= now_us for after in AGAIN_MIN)


def age_h(good_us: int, now_us: int) -> float:
    """How old what is known of a connector is, in hours.

    >>> age_h(0, 90 * MINUTE_US)
    1.5
    """
    return max(0, now_us - good_us) / (60 * MINUTE_US)


def is_stale(connector: Connector, good_us: int, now_us: int) -> bool:
    """Whether a connector that is asked by itself should have said something long ago. One whose turns are as far apart
    as that is given an hour more; one that was never asked without fail fails, and is not old."""
    turns_h = (connector.every_min / 60 or 24) + 1
    own = connector.kind != "office" and bool(connector.every_min or connector.at)
    wanted = connector.is_active and own and good_us > 0
    return wanted and age_h(good_us, now_us) > max(connector.stale_h, turns_h)


def _last_turn_us(at: str, now_us: int, zone: ZoneInfo) -> int:
    """When it last was so late by the shop's clock."""
    now = datetime.fromtimestamp(now_us / 1e6, tz=zone)
    hour, minute = map(int, at.split(":"))
    turn = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if turn > now:
        turn = (now.replace(tzinfo=None) - timedelta(days=1)).replace(
            hour=hour, minute=minute, second=0, microsecond=0, tzinfo=zone
        )
    return int(turn.timestamp()) * 1_000_000
