"""Queries of alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.remarks import read_remark
from edge.core.registry import Severity
from edge.core.storage.database import Connection
from edge.foundation.alerts.events import SEVERITIES
from edge.foundation.alerts.rules import HOUR_US, Open, graver, rank, suppressing_kind

ALERTS_LIMIT = 500
"""Alerts to read at a time: the most severe and newest."""
OPENINGS_LIMIT = 200
"""Past openings of a key to check for a recurring alert."""
AlertState = Literal["raised", "acknowledged", "resolved"]


class Alert(msgspec.Struct, frozen=True):
    """An alert's current state. Times in UTC microseconds; 0: never. `held_by`: the open kind that suppresses its
    notifications; `acked_via`: where it was acknowledged; `late_by` and `late_us`: a late acknowledgement; `worse_us`:
    when it last got worse."""

    id: int
    kind: str
    subject: str
    severity: Severity
    worst: Severity
    state: AlertState
    count: int
    first_us: int
    last_us: int
    ended_us: int
    turn: int
    turn_us: int
    turn_why: Literal["raised", "worse", "again"]
    acked_by: str
    acked_us: int
    acked_until_us: int
    note: str
    values: dict[str, str | int]
    cause_seq: int
    causes: tuple[str, ...]
    raised_by: str
    people: tuple[str, ...]
    roles: tuple[str, ...]
    channels: tuple[str, ...]
    acked_via: str = ""
    late_by: str = ""
    late_us: int = 0
    worse_us: int = 0
    held_by: str = ""

    @property
    def is_open(self) -> bool:
        return self.state != "resolved"


_FIELDS = ", ".join({"values": "vals"}.get(name, name) for name in Alert.__struct_fields__[:-1])
_JSON = ("values", "causes", "people", "roles", "channels")
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = dict.fromkeys(_JSON[1:], msgspec.json.Decoder(tuple[str, ...]))
_DECODERS["values"] = msgspec.json.Decoder(dict[str, str | int])


def read_alert(db: Connection, id: Number) -> Alert | None:
    """Return one alert, or None."""
    alert = alert_itself(db, id)
    return _with_cause(alert, open_alerts(db)) if alert is not None and alert.is_open else alert


def alert_itself(db: Connection, id: int) -> Alert | None:
    """Return one alert without its suppressing cause, whose search reads all open alerts; or None."""
    found = db.execute(f"SELECT {_FIELDS} FROM alert WHERE id = ?", (id,)).fetchone()
    return _alert(db, found) if found else None


def find_open(db: Connection, kind: str, subject: str) -> Alert | None:
    """Return the open alert with this key, or None."""
    query = f"SELECT {_FIELDS} FROM alert WHERE kind = ? AND subject = ? AND state <> 'resolved'"
    found = db.execute(query, (kind, subject)).fetchone()
    return _alert(db, found) if found else None


def open_of_kind(db: Connection, kind: str) -> list[Alert]:
    """Return the open alerts of a kind, without suppressing causes."""
    rows = db.execute(f"SELECT {_FIELDS} FROM alert WHERE kind = ? AND state <> 'resolved'", (kind,))
    return [_alert(db, row) for row in rows]


def grave_of_kind(db: Connection, kind: str, least: Severity, limit: int) -> tuple[list[Alert], int]:
    """Newest open alerts of a kind at least this severe, and their total."""
    severities = msgspec.json.encode([one for one in SEVERITIES if rank(one) >= rank(least)]).decode()
    so = "FROM alert WHERE kind = ? AND state <> 'resolved' AND severity IN (SELECT value FROM json_each(?))"
    rows = db.execute(f"SELECT {_FIELDS} {so} ORDER BY id DESC LIMIT ?", (kind, severities, limit)).fetchall()
    (count,) = db.execute(f"SELECT count(*) {so}", (kind, severities)).fetchone()
    return [_alert(db, row) for row in rows], int(count)


def open_for(db: Connection, kind: str, person: str, role: str, limit: int) -> tuple[list[Alert], int]:
    """Return the most severe open alerts of a kind addressed to a person by name or role ("": none), then the newest,
    and their total."""
    so = """
        FROM alert WHERE kind = ? AND state <> 'resolved' AND (
            EXISTS (SELECT 1 FROM json_each(people) WHERE value = ?)
            OR EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?))"""
    rank_of = f"(SELECT key FROM json_each('{msgspec.json.encode(SEVERITIES).decode()}') WHERE value = severity)"
    query = f"SELECT {_FIELDS} {so} ORDER BY {rank_of}, id DESC LIMIT ?"
    rows = db.execute(query, (kind, person, role, limit)).fetchall()
    (count,) = db.execute(f"SELECT count(*) {so}", (kind, person, role)).fetchone()
    return [_alert(db, row) for row in rows], int(count)


def open_alerts(db: Connection) -> list[Alert]:
    """All open alerts: most severe first, then newest."""
    rows = db.execute(f"SELECT {_FIELDS} FROM alert WHERE state <> 'resolved' ORDER BY id DESC").fetchall()
    found = [_alert(db, row) for row in rows]
    causes = {one.kind: one for one in sorted(found, key=lambda one: rank(one.severity))}
    held = [_with_cause(one, list(causes.values())) for one in found]
    return sorted(held, key=lambda one: -rank(one.severity))


class OpenKind(msgspec.Struct, frozen=True):
    """An open kind with its severity, as a possible cause."""

    kind: str
    severity: Severity
    causes: tuple[str, ...] = ()


def open_among(db: Connection, ids: Sequence[int]) -> list[Alert]:
    """Return the open alerts among these ids, like `open_alerts`, at a cost independent of other alerts."""
    if not ids:
        return []
    rows = db.execute("SELECT DISTINCT kind, severity FROM alert WHERE state <> 'resolved'").fetchall()
    kinds = [OpenKind(*row) for row in rows]
    found = (db.execute(f"SELECT {_FIELDS} FROM alert WHERE id = ?", (id,)).fetchone() for id in ids)
    alerts = [_alert(db, row) for row in found if row is not None]
    return [_with_cause(alert, kinds) for alert in alerts if alert.is_open]


def unwritten(why: str, now_us: int, db: Connection) -> Alert | None:
    """Return an alert (without id) that the ledger is read-only, which can't be saved; None if one was saved before."""
    if find_open(db, "read_only", ""):
        return None
    return Alert(
        id=0,
        kind="read_only",
        subject="",
        severity="critical",
        worst="critical",
        state="raised",
        count=1,
        first_us=now_us,
        last_us=now_us,
        ended_us=0,
        turn=0,
        turn_us=now_us,
        turn_why="raised",
        acked_by="",
        acked_us=0,
        acked_until_us=0,
        note="",
        values={"why": why},
        cause_seq=0,
        causes=(),
        raised_by="system",
        people=(),
        roles=(),
        channels=(),
    )


def ended_alerts(db: Connection, since_us: int = 0, limit: int = ALERTS_LIMIT) -> list[Alert]:
    """Return alerts that ended since then, newest first."""
    query = f"SELECT {_FIELDS} FROM alert WHERE state = 'resolved' AND ended_us >= ? ORDER BY ended_us DESC LIMIT ?"
    return [_alert(db, row) for row in db.execute(query, (since_us, limit))]


def read_alerts(
    db: Connection,
    active: bool = True,
    severity: Severity | None = None,
    kind: str = "",
    before: Number | None = None,
    limit: Number = 100,
) -> list[Alert]:
    """Return open alerts, most severe first. With `active=false`, return all alerts, newest first, with ids below
    `before`."""
    most = min(limit, ALERTS_LIMIT)
    if active:
        found = open_alerts(db)
        found = [one for one in found if severity in (None, one.severity) and kind in ("", one.kind)]
        return [one for one in found if before is None or one.id < before][:most]
    wanted = (before or 2**62, severity, severity, kind, kind, most)
    query = (
        f"SELECT {_FIELDS} FROM alert WHERE id < ? AND (? IS NULL OR severity = ?) AND (? = '' OR kind = ?)"
        " ORDER BY id DESC LIMIT ?"
    )
    every = open_alerts(db)
    found = [_alert(db, row) for row in db.execute(query, wanted)]
    return [_with_cause(alert, every) if alert.is_open else alert for alert in found]


def count_open(db: Connection) -> dict[str, int]:
    """Number of open unacknowledged alerts by severity."""
    return dict(
        db.execute(
            "SELECT severity, count(*) FROM alert WHERE state <> 'resolved' AND state = 'raised' GROUP BY 1"
        ).fetchall()
    )


def open_kinds(db: Connection) -> list[str]:
    """Kinds of open alerts."""
    return [kind for (kind,) in db.execute("SELECT DISTINCT kind FROM alert WHERE state <> 'resolved' ORDER BY kind")]


def standing(db: Connection) -> str:
    """Return a fingerprint of the open alerts, which changes with any of them."""
    query = """
        SELECT count(*), total(count), total(acked_until_us), max(last_us), max(id) FROM alert WHERE state <> 'resolved'
    """
    return "-".join(str(value or 0) for value in db.execute(query).fetchone())


class Opening(msgspec.Struct, frozen=True):
    """One occurrence of an alert's key. `ended_us`: 0 while open."""

    id: int
    first_us: int
    ended_us: int


def openings_since_quiet(db: Connection, kind: str, subject: str, now_us: int) -> list[Opening]:
    """Return the occurrences of a key since its last quiet hour, oldest first. Occurrences in the future, from before a
    clock change, are ignored."""
    query = """
        SELECT id, first_us, CASE state WHEN 'resolved' THEN ended_us ELSE 0 END FROM alert
        WHERE kind = ? AND subject = ? AND first_us <= ? ORDER BY first_us DESC, id DESC LIMIT ?
    """
    found: list[Opening] = []
    for row in db.execute(query, (kind, subject, now_us, OPENINGS_LIMIT)).fetchall():
        one = Opening(*row)
        if found and one.ended_us and found[-1].first_us - one.ended_us >= HOUR_US:
            break
        found.append(one)
    return found[::-1]


def cause_ended_us(db: Connection, alert: Alert) -> int:
    """Return when the last possible cause (by kind, at least as severe) of this alert ended; 0: never."""
    if not alert.causes:
        return 0
    grave = [one for one in SEVERITIES if not graver(alert.severity, one)]
    query = f"""
        SELECT max(ended_us) FROM alert WHERE state = 'resolved' AND kind IN ({_marks(alert.causes)})
        AND severity IN ({_marks(grave)})
    """
    return int(db.execute(query, (*alert.causes, *grave)).fetchone()[0] or 0)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _alert(db: Connection, row: tuple[Any, ...]) -> Alert:
    of = dict(zip(Alert.__struct_fields__, row, strict=False))
    of["note"] = read_remark(db, of["note"])
    return Alert(**of | {name: _DECODERS[name].decode(of[name]) for name in _JSON})


def _with_cause(alert: Alert, every: Sequence[Open]) -> Alert:
    cause = suppressing_kind(alert, every)
    return msgspec.structs.replace(alert, held_by=cause) if cause else alert
