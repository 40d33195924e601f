"""Forgetting a person: the command, its event (only an id) and the immediate deletions.

The key's row is deleted in the same transaction; `key_rotation.py` removes every remaining trace of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from edge.core.jobs.store import MANAGE
from edge.core.messages import Command, Event, PersonId, RecordedEvent, Refusal
from edge.core.people.sealing import is_forgotten
from edge.core.registry import Capability, CommandSpec, Projector, Transaction
from edge.core.storage.database import Connection
from edge.core.surfaces import MACHINE, STAFF

Forgetter = Callable[[Transaction, str], bool]
"""Deletes a capability's data about a person, in the transaction that forgets them. Returns whether there was any."""


class ForgetPerson(Command, frozen=True):
    """Destroy a person's key, and with it all data about them. Irreversible; the id is never reused. `again`: repeated
    by the appliance after the ledger was set back to a state before the command."""

    person: PersonId
    again: bool = False


class PersonForgotten(Event, frozen=True):
    """A person's key was destroyed. Data encrypted with it can no longer be read here, in backups or at head office."""

    person: PersonId


def is_repeated(tx: Transaction, command: ForgetPerson) -> bool:
    """Whether the appliance repeats an earlier command after the ledger was set back. Other surfaces may not, because
    they could forget a future owner of the id in advance."""
    return command.again and tx.actor.surface in MACHINE


def capability(*forgetters: Forgetter) -> Capability:
    """The capability for forgetting people. `forgetters` come from capabilities that store personal data and never
    refuse an unknown person."""
    return Capability(
        name="people",
        commands=(
            CommandSpec(
                ForgetPerson,
                partial(_forget, forgetters),
                right=MANAGE,
                ask_first=True,
                reauthenticate=True,
                surfaces=STAFF,
            ),
        ),
        events=(PersonForgotten,),
        projectors=(projector,),
    )


_MODES = ("OFF", "ON", "FAST")


def _forget(forgetters: tuple[Forgetter, ...], tx: Transaction, command: ForgetPerson) -> None:
    person, again = command.person, is_repeated(tx, command)
    before = is_forgotten(tx.db, person)
    if before and not again:
        raise Refusal("person_forgotten", {"id": person})
    with overwriting(tx.db):
        known = _has_key(tx.db, person)
        for forget in forgetters:
            known = forget(tx, person) or known
        if not known and not again:
            raise Refusal("no_such_person", {"id": person})
        tx.db.execute("DELETE FROM person_index WHERE person = ?", (person,))
        tx.db.execute("DELETE FROM person_key WHERE person = ?", (person,))
    if not before:
        tx.append(PersonForgotten(person))


def _has_key(db: Connection, person: str) -> bool:
    return bool(db.execute("SELECT 1 FROM person_key WHERE person = ?", (person,)).fetchone())


@contextmanager
def overwriting(db: Connection) -> Iterator[None]:
    """Overwrite everything deleted in this context with zeros, including freed pages (sqlite.org, pragma
    secure_delete). Not always on: baskets change with every scan and would be written twice."""
    (before,) = db.execute("PRAGMA secure_delete").fetchone()
    db.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        db.execute(f"PRAGMA secure_delete = {_MODES[before]}")  # by name, because SQLite takes the number 2 for ON


def _record_forgotten(db: Connection, fact: RecordedEvent, event: PersonForgotten) -> None:
    db.execute(
        "INSERT OR IGNORE INTO person_forgotten (person, epoch, seq) VALUES (?, ?, ?)",
        (event.person, fact.epoch, fact.seq),
    )


projector = Projector("people", 1, ("person_forgotten",), {PersonForgotten: _record_forgotten})
