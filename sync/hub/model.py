"""Hub logic for a device's messages: pure code, without I/O, clock or randomness.

`handshake.answer_hello` and `rows.take` are generators. They yield what they need of the store, inside one transaction
that holds the device's lock, and return an `Outcome`; only after the commit are its replies sent:

    GetLinks(spans, limit) -> list[Link]     stored rows, in order
    PutRows(records)       -> []             store rows that are not stored yet

It is safe because a row is stored once and never changed, and `through` only advances over rows whose chain was
verified from the origin. So messages may be lost, repeated or reordered arbitrarily: that affects only how soon the
prefix is complete.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import msgspec

from sync import limits
from sync.lineage import Span
from sync.wire import Down, Epoch, StopCode, Stopped


class Key(msgspec.Struct, frozen=True, order=True):
    """A device."""

    tenant: str
    store: str
    device: str

    def __str__(self) -> str:
        return f"{self.tenant}/{self.store}/{self.device}"


class Device(msgspec.Struct, frozen=True):
    """The hub's state of a device: a row of its table `device`.

    The prefix is rows 1 to `through` of the history `epochs`; `through_hash`: its last hash (the origin if empty).
    `stored`: the highest seq stored in any epoch; rows above are certainly new. `barred`: why a person fenced the
    device.
    """

    through_hash: bytes
    through: int = 0
    epochs: tuple[Epoch, ...] = ()
    stored: int = 0
    stopped: Stopped | None = None
    applied: int = 0
    app: str = ""
    barred: str = ""

    @property
    def epoch(self) -> int:
        """The newest epoch; 0 before the first hello."""
        return self.epochs[-1].epoch if self.epochs else 0


class Link(msgspec.Struct, frozen=True):
    """A stored row's place in the chain."""

    epoch: int
    seq: int
    prev: bytes
    hash: bytes


class Record(msgspec.Struct, frozen=True, gc=False):
    """A row with a verified hash: the fields used here, and `copy`, its complete form for Postgres
    (`hub.row_verifier`)."""

    epoch: int
    seq: int
    type: str
    prev: bytes
    hash: bytes
    copy: bytes


class Block(msgspec.Struct, frozen=True):
    """Consecutive rows of one message with verified links.

    `epoch`: the sender's newest; `spans`: each epoch among the rows, with its first seq.
    """

    epoch: int
    spans: tuple[tuple[int, int], ...]
    records: list[Record]

    @property
    def first(self) -> int:
        return self.records[0].seq

    @property
    def last(self) -> int:
        return self.records[-1].seq


class GetLinks(msgspec.Struct, frozen=True):
    """Request the stored rows in these spans, the first `limit` of them."""

    spans: list[Span]
    limit: int


class PutRows(msgspec.Struct, frozen=True):
    """Request to store these rows, none of which is stored yet."""

    records: list[Record]


class Outcome(msgspec.Struct, frozen=True):
    """The new device state, and the replies to send after commit.

    `gap`: the first missing stretch (first, last) below stored rows. `branched_at`: the row the prefix was reset to for
    a new epoch; `orphans`: rows acknowledged after it.
    """

    device: Device
    replies: list[Down] = []
    gap: tuple[int, int] | None = None
    branched_at: int | None = None
    orphans: tuple[Span, ...] = ()


Returned = TypeVar("Returned")
Steps = Generator[GetLinks | PutRows, list[Link], Returned]


class Halt(Exception):
    """The device can't continue; raised and caught within this logic."""

    def __init__(self, code: StopCode, text: str) -> None:
        super().__init__(text)
        self.code = code


def stop(device: Device, epoch: int, code: StopCode, text: str) -> Outcome:
    """Reject rows of this device until a valid hello; record the reason at both ends."""
    stopped = Stopped(epoch, code, text[: limits.TEXT_CHARS])
    return Outcome(msgspec.structs.replace(device, stopped=stopped), [stopped])


def fenced_answer(epoch: int, newest: int) -> Stopped:
    """The answer to an epoch replaced by a newer one."""
    text = (
        f"Epoch {newest} has replaced epoch {epoch}: this box was replaced or restored. "
        "Take it out of service, or restore it from the hub."
    )
    return Stopped(epoch, "fenced", text)


def barred_answer(device: Device, epoch: int) -> Outcome:
    """The answer to any message of a device fenced by a person."""
    stopped = fenced_by_hand(epoch, device.barred)
    return Outcome(msgspec.structs.replace(device, stopped=stopped), [stopped])


def fenced_by_hand(epoch: int, why: str) -> Stopped:
    """The message for a device fenced by a person."""
    return Stopped(epoch, "fenced", f"Head office has fenced this box: {why}.", by_hand=True)


def refused_pull(newest: int, barred: str, epoch: int) -> Stopped | None:
    """Why a device with newest epoch `newest` gets no directives when asking as of `epoch` (0: not stated); None if it
    does."""
    if barred:
        return fenced_by_hand(epoch or newest, barred)
    return fenced_answer(epoch, newest) if 0 < epoch < newest else None


def refused_by_device(device: Device, message: Stopped) -> Outcome:
    """The device itself can't continue: record its reason at the hub too."""
    if message.epoch != device.epoch:
        return Outcome(device)
    return Outcome(msgspec.structs.replace(device, stopped=message))
