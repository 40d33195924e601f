"""Projects account events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.people.forgetting import PersonForgotten
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.customer_accounts.events import WayProved, WayRemoved
from edge.people.customers.events import CustomersMerged

_PROVED = """
    INSERT INTO account_way (customer, kind, person, value, proved_us) VALUES (?1, ?2, ?1, ?3, ?4)
    ON CONFLICT (customer, kind) DO UPDATE SET person = ?1, value = ?3, proved_us = ?4
"""
_MERGED = """
    INSERT OR IGNORE INTO account_way (customer, kind, person, value, proved_us)
    SELECT ?1, kind, person, value, proved_us FROM account_way WHERE customer = ?2
"""


def _save_way(db: Connection, fact: RecordedEvent, event: WayProved) -> None:
    db.execute(_PROVED, (event.customer, event.kind, event.value, fact.at_us))


def _delete_way(db: Connection, fact: RecordedEvent, event: WayRemoved) -> None:
    db.execute("DELETE FROM account_way WHERE customer = ? AND kind = ?", (event.customer, event.kind))


def _merge_ways(db: Connection, fact: RecordedEvent, event: CustomersMerged) -> None:
    db.execute(_MERGED, (event.kept, event.merged))
    db.execute("DELETE FROM account_way WHERE customer = ?", (event.merged,))


def _forget_person(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute("DELETE FROM account_way WHERE ?1 IN (customer, person)", (event.person,))


projector = Projector(
    name="customer_accounts",
    version=1,
    tables=("account_way",),
    on={WayProved: _save_way, WayRemoved: _delete_way, CustomersMerged: _merge_ways, PersonForgotten: _forget_person},
)
