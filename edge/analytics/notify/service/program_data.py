"""Data for programs: the same at each attempt, even if the alert has changed."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.analytics.notify.delivery_timing import PROGRAMS
from edge.analytics.notify.message_text import About, Composed, Said
from edge.analytics.notify.recipients import TEXT_PLACE
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.outbox.messages import Message


def data_of(row: Message, about: About, made: Composed, said: list[Said]) -> dict[str, Any]:
    """Return a message as data for programs."""
    return {
        "number": row.id,
        "shop": about.shop,
        "title": made.title,
        "message": made.text,
        "severity": made.severity,
        "alerts": [msgspec.to_builtins(one.alert) for one in said],
    }


def first_attempt_data(db: Connection, row: Message) -> dict[str, Any]:
    """The data of the first attempt; empty on the first attempt, or for other channels."""
    text = Keyring(db).open(row.person, *TEXT_PLACE, row.body) if row.channel in PROGRAMS and row.body else ""
    return msgspec.json.decode(text, type=dict[str, Any]) if text else {}


def kept_data(db: Connection, row: Message, data: dict[str, Any]) -> dict[str, str]:
    """The column that stores the data encrypted, before the first attempt; on the writer's connection.

    Empty if the row already has its data, or for channels that aren't programs.
    """
    if row.channel not in PROGRAMS or row.body:
        return {}
    return {"body": Keyring(db).seal(row.person, *TEXT_PLACE, msgspec.json.encode(data).decode())}
