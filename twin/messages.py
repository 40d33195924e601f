"""What boxes and the witness say to each other. Who said it, the link knows (both sides by their keys)."""

from __future__ import annotations

from typing import Any

import msgspec

from twin.records import Heirs, Mark, Shipment


class Message(msgspec.Struct, frozen=True, tag=True):
    """Any of them."""


class AskVote(Message, frozen=True):
    """May I lead in `term`? `earnest`: and if so, promise it; else it is asked only whether it would be. `heirs`: the
    record that the box keeps, which a leader proposed, and which may not have come through to all."""

    term: int
    position: int
    earnest: bool
    heirs: Heirs


class Voted(Message, frozen=True):
    """The answer to it, in the words of the question; `newest`: the highest term that the voter promised to."""

    term: int
    earnest: bool
    yes: bool
    newest: int
    heirs: Heirs


class Renew(Message, frozen=True):
    """I lead in `term`, have everything up to `last`, let out everything up to `position`, and these are the heirs.
    `sent_ms`: on the leader's clock, and handed back."""

    term: int
    last: int
    position: int
    heirs: Heirs
    sent_ms: int


class Renewed(Message, frozen=True):
    """The answer to it. `term`: the newest that the voter promised to; above the leader's, it leads no longer. `heirs`:
    the record that the voter keeps now."""

    term: int
    heirs: Heirs
    sent_ms: int


class Unenrolled(Message, frozen=True):
    """I remember nothing. `loss`: which loss of memory this is, by chance."""

    loss: int


class Enrol(Message, frozen=True):
    """Vote again, from this on."""

    loss: int
    term: int
    leader: str
    heirs: Heirs


class Released(Message, frozen=True):
    """I lead no longer, and hold nobody to my lease."""

    term: int


class HandOver(Message, frozen=True):
    """Stand at once: you have all up to `position`."""

    term: int
    position: int


class Ship(Message, frozen=True):
    """What comes behind `before`, in order."""

    term: int
    before: Mark
    shipments: tuple[Shipment, ...]


class Image(Message, frozen=True):
    """The whole ledger, for a follower whose newest mark `instead_of` is on no history of the leader's, or too far
    behind. `floor`: what the leader was known to have when it was asked for, if it is long on its way; else -1."""

    term: int
    instead_of: Mark
    last: Mark
    image: Any
    floor: int = -1


class Taken(Message, frozen=True):
    """Everything up to `last` is written and synced here; nothing of an older term than `term` is taken. `fit`: this
    box may be an heir, as far as it knows of itself (its check, its version, its disk)."""

    term: int
    last: Mark
    fit: bool
