"""Diagnostics of the ledger for head office: counts, states and checks; no names, prices or texts."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.registry import Registry
from edge.core.storage.database import Connection

NEWEST = 50
_HEAD = "SELECT coalesce(max(seq), 0), coalesce(max(epoch), 0) FROM journal"
_JOBS = "SELECT kind, state, count(*) FROM job GROUP BY kind, state ORDER BY kind, state"
_ALERTS = (
    "SELECT kind, severity, state, count(*) FROM alert WHERE state <> 'resolved' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
_DIRECTIVES = "SELECT number, kind, outcome FROM directive ORDER BY number DESC LIMIT ?"
_WAITING = "SELECT number, kind FROM directive_open ORDER BY number LIMIT ?"
_SETTINGS = "SELECT name, value, said_by FROM setting ORDER BY name"


def checks_of(db: Connection, registry: Registry) -> list[dict[str, Any]]:
    """The results of `edge check` for each capability's tables."""
    found = [one for capability in registry.capabilities for check in capability.checks for one in check(db)]
    return [{"part": one.part, "ok": one.ok, "warn": one.warn, "what": one.what} for one in found]


def queue_of(db: Connection) -> dict[str, Any]:
    """Pending work: jobs by state, unfinished directives, and the newest results."""
    return {
        "jobs": [{"kind": kind, "state": state, "count": n} for kind, state, n in db.execute(_JOBS)],
        "directives_open": [{"number": number, "kind": kind} for number, kind in db.execute(_WAITING, (NEWEST,))],
        "directives": [
            {"number": number, "kind": kind, "outcome": outcome}
            for number, kind, outcome in db.execute(_DIRECTIVES, (NEWEST,))
        ],
    }


def books_of(db: Connection) -> dict[str, Any]:
    """The journal's length, and open alerts by kind. Event types aren't included, as they would reveal sales."""
    seq, epoch = db.execute(_HEAD).fetchone()
    return {
        "head": seq,
        "epoch": epoch,
        "alerts": [
            {"kind": kind, "severity": severity, "state": state, "count": n}
            for kind, severity, state, n in db.execute(_ALERTS)
        ],
    }


def settings_of(db: Connection) -> list[dict[str, Any]]:
    """Settings changed at run time, and by whom. Texts are only reported as set or not."""
    found = []
    for name, value, said_by in db.execute(_SETTINGS):
        known = msgspec.json.decode(value)
        found.append({"name": name, "value": known if isinstance(known, bool | int) else "set", "said_by": said_by})
    return found
