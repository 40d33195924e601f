"""Opening hours commands, inside the transaction."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.events import HoursSet
from edge.foundation.opening_hours.rules import day_of, fault_of

KEPT_DAYS = 400
"""Days to keep an exceptional day after it is over."""


def set_hours(zone: ZoneInfo, tx: Transaction, command: SetHours) -> None:
    if fault := fault_of(command.hours):
        raise Refusal(fault)
    today = day_of(zone, tx.at_us)
    ahead = (one for one in command.hours.exceptions if (today - date.fromisoformat(one.date)).days < KEPT_DAYS)
    exceptions = tuple(sorted(ahead, key=lambda one: one.date))
    tx.append(HoursSet(msgspec.structs.replace(command.hours, exceptions=exceptions)))
