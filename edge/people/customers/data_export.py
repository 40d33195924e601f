"""Journal rows about a customer, decrypted, for their data export."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from edge.core.journal.rows import fact_of, read_rows
from edge.core.messages import RecordedEvent
from edge.core.people.sealing import Keyring
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.people.customers.lookup import all_ids, resolve

FACTS_MOST = 5_000
_SEQS = """
    SELECT DISTINCT seq FROM customer_fact WHERE customer IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?
"""


def read_facts(db: Connection, registry: Registry, customer: str) -> list[dict[str, Any]]:
    """Events about a customer and merged records, including accesses."""
    if resolve(db, customer) is None:
        return []
    ids = msgspec.json.encode(all_ids(db, customer)).decode()
    seqs = [seq for (seq,) in db.execute(_SEQS, (ids, FACTS_MOST)).fetchall()]
    ring = Keyring(db)
    return [
        _export_fact(ring, fact_of(registry, row)) for seq in seqs for row in read_rows(db, seq, 1) if row.seq == seq
    ]


def _export_fact(ring: Keyring, fact: RecordedEvent) -> dict[str, Any]:
    event = fact.event
    fields: dict[str, Any] = msgspec.to_builtins(event)
    for name in event.personal:
        fields[name] = ring.open(fields[event.person_in], type(event), name, fields[name])
    at = datetime.fromtimestamp(fact.at_us / 1e6, UTC).isoformat(timespec="seconds")
    return {
        "at": at,
        "at_us": fact.at_us,
        "seq": fact.seq,
        "actor": fact.actor,
        "event": type(event).__name__,
        "fields": fields,
    }
