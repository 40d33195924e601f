"""What can have happened to feeds."""

from __future__ import annotations

from typing import ClassVar

from edge.backoffice.feeds.connector import Connector, ConnectorId
from edge.core.messages import Event
from edge.core.registry import Upcaster

RUNS_KEPT_DAYS = 400
"""How long a run that ended is known, where a shop says nothing else (`[feeds] runs_kept_days`)."""


class ConnectorSet(Event, frozen=True):
    """A connector is new or changed: all of it, as it is from now on. Each version has kinds that the one before
    had not."""

    version: ClassVar[int] = 13

    connector: Connector


class ConnectorEnded(Event, frozen=True):
    """Nothing is fetched from there any more."""

    id: ConnectorId


class FeedTaken(Event, frozen=True):
    """A run came to its end: how many records it read, and what became of them; `checksum` is the file's (SHA-256).

    `connector` empty: somebody brought the file. What the records said is in the facts of those whom it is about.
    `digest`: the same of the file or page as it came, before it was read ("": nobody noted it). Of products `applied`
    are those `new` and those `changed`, and so many were given up as `retired`; their checksum is its first 16 signs.
    `kept_days`: how long runs were to be known when it ended.
    """

    version: ClassVar[int] = 3

    connector: str
    entity_type: str
    file: str
    checksum: str
    records: int
    applied: int
    same: int
    invalid: int
    held: int
    began_us: int
    digest: str = ""
    new: int = 0
    changed: int = 0
    retired: int = 0
    kept_days: int = RUNS_KEPT_DAYS


class CountsGiven(Event, frozen=True):
    """What is on hand here was written into a system of others: how many counts differed from theirs and were
    `changed`, and how many were `left_out`, of products or places that it does not have, or below zero."""

    connector: ConnectorId
    changed: int
    left_out: int


EVENTS: tuple[type[Event], ...] = (ConnectorSet, ConnectorEnded, FeedTaken, CountsGiven)
UPCASTERS: tuple[Upcaster, ...] = ()
