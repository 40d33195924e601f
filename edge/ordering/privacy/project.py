"""Projects privacy events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.privacy.events import FarewellOver, FarewellSaid
from edge.people.customers.events import CustomersMerged


def _insert_farewell(db: Connection, fact: RecordedEvent, event: FarewellSaid) -> None:
    db.execute(
        "INSERT OR REPLACE INTO privacy_farewell (customer, told_us) VALUES (?, ?)", (event.customer, fact.at_us)
    )


def _over(db: Connection, fact: RecordedEvent, event: FarewellOver) -> None:
    db.execute("DELETE FROM privacy_farewell WHERE customer = ?", (event.customer,))


def _delete_merged(db: Connection, fact: RecordedEvent, event: CustomersMerged) -> None:
    db.execute("DELETE FROM privacy_farewell WHERE customer IN (?, ?)", (event.kept, event.merged))


def _delete_farewell(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute("DELETE FROM privacy_farewell WHERE customer = ?", (event.person,))


projector = Projector(
    name="privacy",
    version=1,
    tables=("privacy_farewell",),
    on={
        FarewellSaid: _insert_farewell,
        FarewellOver: _over,
        CustomersMerged: _delete_merged,
        PersonForgotten: _delete_farewell,
    },
)
