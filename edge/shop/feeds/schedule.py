"""When a connector is asked. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.shop.feeds.connector import Connector

MINUTE_US = 60_000_000


def is_due(connector: Connector, asked_us: int, now_us: int, zone: ZoneInfo) -> bool:
    """Whether a connector that was asked at `asked_us` (0: never) is to be asked now. However many turns were missed,
    they are made up for by one."""
    if connector.every_min:
        return now_us - asked_us >= connector.every_min * MINUTE_US
    return bool(connector.at) and asked_us < _last_turn_us(connector.at, now_us, zone)


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
