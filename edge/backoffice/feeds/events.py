"""Events of feeds."""

from __future__ import annotations

from typing import ClassVar

from edge.backoffice.feeds.connector import Connector, ConnectorId
from edge.core.messages import Event
from edge.core.registry import Upcaster

RUNS_KEPT_DAYS = 400
"""Default retention of ended runs (`[feeds] runs_kept_days`)."""


class ConnectorSet(Event, frozen=True):
    """A connector was set up or changed; this is its complete new state. Later versions allow more kinds."""

    version: ClassVar[int] = 15

    connector: Connector


class ConnectorEnded(Event, frozen=True):
    """A connector has ended."""

    id: ConnectorId


class FeedTaken(Event, frozen=True):
    """A run has ended, with its number of records by result. `checksum`: the file's SHA-256.

    `connector` is empty for an uploaded file. The records' changes are in other events. `digest`: the SHA-256 of the
    file or page as received ("": not recorded). For products, `applied` counts the `new` and `changed` ones, and
    `retired` those retired; their checksum is the first 16 characters. `kept_days`: the retention of runs at that time.
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
    """Stock counts were written to another system: how many differed and were `changed`, and how many were `left_out`
    (product or location unknown there, or negative count)."""

    connector: ConnectorId
    changed: int
    left_out: int


EVENTS: tuple[type[Event], ...] = (ConnectorSet, ConnectorEnded, FeedTaken, CountsGiven)
UPCASTERS: tuple[Upcaster, ...] = ()
