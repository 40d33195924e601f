"""Export of all data about a person, readable: generic over events that declare personal fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from edge.core.journal.rows import fact_of, read_header, read_rows_of
from edge.core.limits import REBUILD_ROWS
from edge.core.messages import Event, RecordedEvent
from edge.core.people import wrapping_keys
from edge.core.people.blind_index import TABLE
from edge.core.people.remarks import DAY, with_open_remarks
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.errors import NeedsHuman

_SPAN = 50_000
_INDEX = "SELECT kind, sealed FROM person_index WHERE person = ? ORDER BY kind"


def export(db: Connection, registry: Registry, person: str) -> dict[str, Any]:
    """Return all stored data about a person as JSON values; `facts` in journal order, `kept` for data outside events.

    Reads the whole journal: seconds for a year of it. Raises `NeedsHuman` if there is no such person or personal data
    is hidden.
    """
    if wrapping_keys.read(wrapping_keys.folder_of(db)).held:
        raise NeedsHuman(
            "Personal data is hidden because the ledger was restored.",
            "Repeat any erasures, then run: edge person show",
        )
    ring, header = Keyring(db), read_header(db)
    if ring.key(person) is None:
        why = "was forgotten" if is_forgotten(db, person) else "is not known here"
        raise NeedsHuman(
            f"No data found for {person}: that ID {why}.", "Check the ID; see all IDs with: edge person list"
        )
    found = db.execute(_INDEX, (person,)).fetchall()
    return {
        "person": person,
        "shop": f"{header.tenant}/{header.store}" if header else "",
        "known_by": {kind: ring.open(person, TABLE, kind, sealed) for kind, sealed in found},
        "kept": kept_beside(db, registry, person),
        "facts": [_export_fact(db, ring, fact) for fact in _facts(db, registry, person)],
    }


def people(db: Connection) -> list[str]:
    """Ids of all people with stored data."""
    every = (person for (person,) in db.execute("SELECT person FROM person_key ORDER BY person"))
    return [person for person in every if not person.startswith(DAY)]


def kept_beside(db: Connection, registry: Registry, person: str) -> dict[str, Any]:
    """Return a person's data that capabilities store outside events, decrypted, by capability name."""
    of = [
        capability.personal_data_of(db, person)
        for capability in registry.capabilities
        if capability.personal_data_of is not None
    ]
    return {name: value for found in of for name, value in found.items() if value}


def utc(at_us: int) -> str:
    """Format a moment for exports, to the second."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).isoformat(timespec="seconds")


def _facts(db: Connection, registry: Registry, person: str) -> list[RecordedEvent]:
    types = {name: event for name, event in registry.events.items() if event.personal or event.remarks_on}
    found, at, end = [], 1, db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    while types and at <= end:
        rows, through = read_rows_of(db, types, at, _SPAN, REBUILD_ROWS)
        facts = (fact_of(registry, row) for row in rows)
        found += [fact for fact in facts if person in _people_of(fact.event)]
        at = through + 1
    return found


def _people_of(event: Event) -> set[str]:
    """Return the ids of the people whose keys encrypt an event's data."""
    people = [getattr(event, event.person_in)] if event.personal else []
    if event.remarks_on and any(getattr(event, name) for name in event.remarks):
        people.append(getattr(event, event.remarks_on))
    return set(people)


def _export_fact(db: Connection, ring: Keyring, fact: RecordedEvent) -> dict[str, Any]:
    event: Event = with_open_remarks(db, fact.event)
    fields: dict[str, Any] = msgspec.to_builtins(event)
    for name in event.personal:
        fields[name] = ring.open(fields[event.person_in], type(event), name, fields[name])
    return {
        "at": utc(fact.at_us),
        "epoch": fact.epoch,
        "seq": fact.seq,
        "event": type(event).__name__,
        "fields": fields,
    }
