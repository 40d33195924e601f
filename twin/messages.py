"""Messages between boxes and the witness. The link authenticates the sender by its key."""

from __future__ import annotations

from typing import Any

import msgspec

from twin.records import Heirs, Mark, Shipment


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages."""


class AskVote(Message, frozen=True):
    """Ask whether the sender may lead in `term`.

    `earnest`: the voter promises its vote if so; otherwise it only says whether it would. `heirs`: the record kept by
    the box, which a leader proposed and some boxes may not have received.
    """

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
    """Renew the lease of the leader of `term`.

    It has all commits up to `last` and released those up to `position`; these are the heirs. `sent_ms`: by the leader's
    clock, repeated in the answer.
    """

    term: int
    last: int
    position: int
    heirs: Heirs
    sent_ms: int


class Renewed(Message, frozen=True):
    """The answer to Renew.

    `term`: the newest the voter promised to; if it's above the leader's, the leader's term has ended. `heirs`: the
    record the voter keeps now.
    """

    term: int
    heirs: Heirs
    sent_ms: int


class Unenrolled(Message, frozen=True):
    """The voter has no memory. `loss`: a random number that identifies this loss of memory."""

    loss: int


class Enrol(Message, frozen=True):
    """Enrol the voter again, starting from this state."""

    loss: int
    term: int
    leader: str
    heirs: Heirs


class Released(Message, frozen=True):
    """The sender no longer leads, and its lease binds no voter."""

    term: int


class HandOver(Message, frozen=True):
    """Become a candidate at once, as the receiver has all commits up to `position`."""

    term: int
    position: int


class Ship(Message, frozen=True):
    """The shipments after `before`, in order."""

    term: int
    before: Mark
    shipments: tuple[Shipment, ...]


class Image(Message, frozen=True):
    """The whole ledger, for a follower that can't be brought up to date by shipments.

    The follower's newest mark, `instead_of`, isn't in the leader's history or is too far behind. `floor`: the lowest
    position the leader had when the image was requested, if sending takes long; otherwise -1.
    """

    term: int
    instead_of: Mark
    last: Mark
    image: Any
    floor: int = -1


class Taken(Message, frozen=True):
    """Confirm that the ledger up to `last` is written and synced at the sender.

    It accepts nothing of a term older than `term`. `fit`: this box may be an heir, by its own judgement (self-check,
    version, disk).
    """

    term: int
    last: Mark
    fit: bool
