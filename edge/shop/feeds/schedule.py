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
