"""Handlers of directives, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import msgspec

from edge.backoffice.directives.commands import (
    ITEMS,
    AnnounceKey,
    ApplyPart,
    EndDirective,
    GiveUpDirective,
    RefuseDirective,
    TakeDirective,
)
from edge.backoffice.directives.events import BoxKeyMade, DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.directives.queries import is_taken, newest_taken
from edge.core.jobs import store as jobs
from edge.core.messages import Refusal
from edge.core.people.forgetting import overwriting
from edge.core.registry import Chunk, Transaction
from edge.core.storage.database import Connection

APPLY_JOB = "apply_directive"
UNKNOWN_LIMIT = 100
"""Maximum unknown items to name."""


def take_directive(tx: Transaction, command: TakeDirective) -> None:
    _has_come(tx, command.number)
    if is_taken(tx.db, command.number):
        return
    kind = KINDS.get(command.kind)
    fault = kind.fault(command.body) if kind else "this shop's version doesn't support this type"
    if fault is not None:
        tx.append(DirectiveRefused(command.number, command.kind, fault))
        return
    job = jobs.queue(tx, APPLY_JOB, {"number": command.number, "kind": command.kind})
    tx.db.execute("INSERT INTO directive_body (number, body) VALUES (?, ?)", (command.number, command.body))
    values = (command.number, command.kind, job)
    tx.db.execute("INSERT INTO directive_open (number, kind, job) VALUES (?, ?, ?)", values)


def refuse_directive(tx: Transaction, command: RefuseDirective) -> None:
    _has_come(tx, command.number)
    if not is_taken(tx.db, command.number):
        tx.append(DirectiveRefused(command.number, command.kind, command.reason))


def _has_come(tx: Transaction, number: int) -> None:
    """Record how far directives that are requested again have arrived; the first new one ends the repetition."""
    if number > newest_taken(tx.db):
        tx.db.execute("DELETE FROM directive_again")
    else:
        tx.db.execute("UPDATE directive_again SET through = max(through, ?)", (number,))


def after_restore(db: Connection) -> None:
    """Request all directives again, as the journal doesn't show which were accepted but not completed. Known ones have
    no further effect."""
    db.execute("INSERT OR REPLACE INTO directive_again (one, through) VALUES (1, 0)")


def apply_part(tx: Transaction, command: ApplyPart) -> None:
    kind = KINDS.get(command.kind)
    row = tx.db.execute("SELECT unknown FROM directive_open WHERE number = ?", (command.number,)).fetchone()
    if kind is None or row is None:
        raise Refusal("no_directive", {"number": command.number})
    applied = kind.apply(tx, command.number, kind.rows(command.items))
    known: list[str] = msgspec.json.decode(row[0])
    named = msgspec.json.encode([*known, *applied.unknown][:UNKNOWN_LIMIT]).decode()
    tx.db.execute(
        "UPDATE directive_open SET changed = changed + ?, unknown = ? WHERE number = ?",
        (applied.changed, named, command.number),
    )


def announce_key(tx: Transaction, command: AnnounceKey) -> None:
    tx.append(BoxKeyMade(command.public))


def end_directive(tx: Transaction, command: EndDirective) -> None:
    if row := _close(tx, command.number):
        kind, changed, unknown = row
        tx.append(DirectiveApplied(command.number, kind, changed, tuple(msgspec.json.decode(unknown))))


def give_up_directive(tx: Transaction, command: GiveUpDirective) -> None:
    if row := _close(tx, command.number):
        kind, changed, _ = row
        tx.append(DirectiveGivenUp(command.number, kind, changed, command.cancelled, command.reason))


def _close(tx: Transaction, number: int) -> tuple[str, int, str] | None:
    found: tuple[str, int, str] | None = tx.db.execute(
        "DELETE FROM directive_open WHERE number = ? RETURNING kind, changed, unknown", (number,)
    ).fetchone()
    personal = found is not None and (kind := KINDS.get(found[0])) is not None and kind.personal
    with overwriting(tx.db) if personal else nullcontext():
        tx.db.execute("DELETE FROM directive_body WHERE number = ?", (number,))
    return found


def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """The remaining items of a job's directive from an index on, and its end."""
    number, kind = params["number"], KINDS[params["kind"]]
    body = _body(db, params)
    if body is None:
        return
    items = kind.items(body)
    total = len(items) + 1
    for start in range(cursor, len(items), ITEMS):
        part = items[start : start + ITEMS]
        yield Chunk((ApplyPart(number, kind.name, part),), start + len(part), total=total)
    yield Chunk((EndDirective(number),), total, total=total)


def _body(db: Connection, params: Any) -> str | None:
    """The body of a job's directive; None if it's completed. Jobs from before schema 15 contain it themselves."""
    if "body" in params:
        return str(params["body"])
    found = db.execute("SELECT body FROM directive_body WHERE number = ?", (params["number"],)).fetchone()
    return str(found[0]) if found else None
