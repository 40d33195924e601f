"""Commands of other tills."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.sale import PosDifference, PosSale, Theirs
from edge.backoffice.other_tills.sale import TillId as TillId
from edge.core.messages import Command, Number

SETTLED_AT_ONCE = 20
DIFFERENCES_MOST = 200

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]


class SetOtherTill(Command, frozen=True):
    """Set up or change another till."""

    till: OtherTill


class EndOtherTill(Command, frozen=True):
    """Remove another till; its past sales stay."""

    id: TillId


class SetPosItem(Command, frozen=True):
    """Assign a product to another till's item. Waiting lines then move stock, dated at their own times."""

    item: PosItem


class EndPosItem(Command, frozen=True):
    """Remove an item's assignment. Its next lines will wait."""

    pos: TillId
    item: Annotated[Theirs, msgspec.Meta(min_length=1)]


class TakePosSale(Command, frozen=True):
    """Apply a version of a sale at another till: stock moves by the difference from the known version.

    Returns `taken`, `same` (already known, or no movement), `stale` (a later version is known), `held` or `waits`.
    """

    sale: PosSale


class SettlePosSales(Command, frozen=True):
    """Check held or waiting sales again, some at a time, starting after row `after`. Returns the row to continue from
    (0: done)."""

    pos: TillId
    after: Number = 0


class NotePosAsked(Command, frozen=True):
    """Record that another till was asked for changes up to `cursor`, or the reason `why` it failed (a text key), with
    its message."""

    pos: TillId
    cursor: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HearPosNews(Command, frozen=True):
    """Ask another till for changes now, because it notified head office of a sale."""

    pos: TillId


class NoteHook(Command, frozen=True):
    """Record the result of a webhook. `event_id`: the vendor's id; `digest`: of its body; `state` `dead`: a user must
    look at it because of `why`."""

    pos: TillId
    event_id: Annotated[str, msgspec.Meta(max_length=200)]
    digest: Annotated[str, msgspec.Meta(max_length=64)]
    state: Literal["done", "again", "dead"]
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    file: Annotated[str, msgspec.Meta(max_length=120)] = ""


class DropHook(Command, frozen=True):
    """Discard an unreadable webhook or order. `all`: also discard all others of its till."""

    id: Number
    all: bool = False


class RetryHook(Command, frozen=True):
    """Process an unreadable webhook or order again. `all`: also all others of its till."""

    id: Number
    all: bool = False


class NotePosDay(Command, frozen=True):
    """Record the comparison of a day at another till's location, with its remaining `differences`."""

    pos: TillId
    location: Theirs
    day: Day
    sales: Number
    taken: Number
    differences: Annotated[tuple[PosDifference, ...], msgspec.Meta(max_length=DIFFERENCES_MOST)] = ()


class HeldLine(msgspec.Struct, frozen=True):
    """An item without an assigned product, with proposals."""

    pos: str
    item: str
    name: str
    code: str
    lines: int
    quantity: int
    proposals: tuple[str, ...] = ()
