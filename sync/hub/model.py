"""What the hub does with a device's messages: decided in pure code, without I/O, clock or chance.

`handshake.answer_hello` and `rows.take` are generators. They yield what they need of the store, inside one
transaction that holds the device's lock, and return an `Outcome`; only after the commit
are its replies sent:

    GetLinks(spans, limit) -> list[Link]     stored rows, in order
    PutRows(records)       -> []             store rows that are not stored yet

The safety of it: a row is stored once and never changed, and `through` moves only over rows
whose chain was checked from the origin on. So messages may be lost, repeated or reordered
at will; all they can change is how soon the prefix gets there.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import msgspec

from sync import limits
from sync.lineage import Span
from sync.wire import Down, Epoch, StopCode, Stopped


class Key(msgspec.Struct, frozen=True, order=True):
    """One device."""

    tenant: str
    store: str
    device: str

    def __str__(self) -> str:
        return f"{self.tenant}/{self.store}/{self.device}"


class Device(msgspec.Struct, frozen=True):
    """What the hub knows of a device: one row of its table `device`.

    The prefix is rows 1 to `through` of the history `epochs`; `through_hash` is its last
    hash (the origin while it is empty). `stored` is the highest seq ever stored in any
    epoch: rows above it are certainly new. `barred` is why a person has fenced the device.
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
    """A row whose hash was found right: what the machine looks at, and `copy`, the whole of it
    as Postgres takes it (`hub.opening`)."""

    epoch: int
    seq: int
    type: str
    prev: bytes
    hash: bytes
    copy: bytes


class Block(msgspec.Struct, frozen=True):
    """Contiguous rows of one message, whose inner links hold.

    `epoch` is the sender's newest; `spans` gives each epoch among the rows with the first
    seq that has it.
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
    """The stored rows in these spans, the first `limit` of them."""

    spans: list[Span]
    limit: int


class PutRows(msgspec.Struct, frozen=True):
    """Store these; none of them is stored yet."""

    records: list[Record]


class Outcome(msgspec.Struct, frozen=True):
    """The device as it is now, and what to answer once that is committed.

    `gap` is the first missing stretch (first, last) below rows that are stored already.
    `branched_at` is set when the prefix went back to that row for a new epoch; `orphans` are the rows that were
    acknowledged behind it.
    """

    device: Device
    replies: list[Down] = []
    gap: tuple[int, int] | None = None
    branched_at: int | None = None
    orphans: tuple[Span, ...] = ()


Returned = TypeVar("Returned")
Steps = Generator[GetLinks | PutRows, list[Link], Returned]


class Halt(Exception):
    """This device cannot go on; raised and caught within the machine."""

    def __init__(self, code: StopCode, text: str) -> None:
        super().__init__(text)
        self.code = code


def stop(device: Device, epoch: int, code: StopCode, text: str) -> Outcome:
    """Take no more rows of this device until a hello is right again; say why at both ends."""
    stopped = Stopped(epoch, code, text[: limits.TEXT_CHARS])
    return Outcome(msgspec.structs.replace(device, stopped=stopped), [stopped])


def fenced_answer(epoch: int, newest: int) -> Stopped:
    """The answer to an epoch whose place a newer one has taken."""
    text = (
        f"Epoch {newest} has taken the place of epoch {epoch}: this box was replaced or restored. "
        "Take it out of service, or restore it from the hub."
    )
    return Stopped(epoch, "fenced", text)


def barred_answer(device: Device, epoch: int) -> Outcome:
    """The answer to a device that a person has fenced: whatever it sends."""
    stopped = fenced_by_hand(epoch, device.barred)
    return Outcome(msgspec.structs.replace(device, stopped=stopped), [stopped])


def fenced_by_hand(epoch: int, why: str) -> Stopped:
    """What a device hears that a person has fenced."""
    return Stopped(epoch, "fenced", f"Head office has fenced this box: {why}.", by_hand=True)


def refused_pull(newest: int, barred: str, epoch: int) -> Stopped | None:
    """Why a device whose newest epoch is `newest` gets no directives when it asks as of `epoch` (0: not said)."""
    if barred:
        return fenced_by_hand(epoch or newest, barred)
    return fenced_answer(epoch, newest) if 0 < epoch < newest else None


def refused_by_device(device: Device, message: Stopped) -> Outcome:
    """The device itself cannot go on: show its reason at the hub too."""
    if message.epoch != device.epoch:
        return Outcome(device)
    return Outcome(msgspec.structs.replace(device, stopped=message))
