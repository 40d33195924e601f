"""Messages between boxes and the witness. The link knows the sender (both sides by their keys)."""

from __future__ import annotations

from typing import Any

import msgspec

from twin.records import Heirs, Mark, Shipment


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages."""


class AskVote(Message, frozen=True):
    """May I lead in `term`?

    `earnest`: promise it if so; otherwise just say whether you would. `heirs`: the record the box keeps, proposed by a
    leader, and perhaps not received by all."""

    term: int
    position: int
    earnest: bool
    heirs: Heirs


class Voted(Message, frozen=True):
    """The answer to AskVote, repeating its `term` and `earnest`; `newest`: the highest term the voter promised to."""

    term: int
    earnest: bool
    yes: bool
    newest: int
    heirs: Heirs


class Renew(Message, frozen=True):
    """I lead in `term`, have everything up to `last`, released everything up to `position`, and these are the heirs.

    `sent_ms`: by the leader's clock, and returned."""

    term: int
    last: int
    position: int
    heirs: Heirs
    sent_ms: int


class Renewed(Message, frozen=True):
    """The answer to Renew.

    `term`: the newest the voter promised to; above the leader's, it leads no longer. `heirs`: the record the voter
    keeps now."""

    term: int
    heirs: Heirs
    sent_ms: int


class Unenrolled(Message, frozen=True):
    """I remember nothing. `loss`: a random number that identifies this loss of memory."""

    loss: int


class Enrol(Message, frozen=True):
    """Vote again, from this state on."""

    loss: int
    term: int
    leader: str
    heirs: Heirs


class Released(Message, frozen=True):
    """I lead no longer, and my lease binds no voter."""

    term: int


class HandOver(Message, frozen=True):
    """Stand at once: you have everything up to `position`."""

    term: int
    position: int


class Ship(Message, frozen=True):
    """The shipments after `before`, in order."""

    term: int
    before: Mark
    shipments: tuple[Shipment, ...]


class Image(Message, frozen=True):
    """The whole ledger, for a follower that can't be brought up to date otherwise.

    Its newest mark `instead_of` isn't in the leader's history, or too far behind. `floor`: the least position the
    leader had when the image was requested, if sending takes long; otherwise -1."""

    term: int
    instead_of: Mark
    last: Mark
    image: Any
    floor: int = -1


class Taken(Message, frozen=True):
    """Everything up to `last` is written and synced here; nothing of a term older than `term` is accepted.

    `fit`: this box may be an heir, by its own judgement (self-check, version, disk)."""

    term: int
    last: Mark
    fit: bool
