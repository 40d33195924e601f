"""What can be asked of other tills."""

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
    """Let another till be as this says, a new one or one that there is."""

    till: OtherTill


class EndOtherTill(Command, frozen=True):
    """Hear of it no more; what it sold stays."""

    id: TillId


class SetPosItem(Command, frozen=True):
    """Say what an item of another till is here; lines that waited for that move at their own moment."""

    item: PosItem


class EndPosItem(Command, frozen=True):
    """Forget what an item was; the next lines of it wait."""

    pos: TillId
    item: Annotated[Theirs, msgspec.Meta(min_length=1)]


class TakePosSale(Command, frozen=True):
    """Take a version of what was sold at another till: the stock moves by what differs from what is known of it.

    The result is `taken`, `same` (known, or nothing moves), `stale` (a later version is known), `held` or `waits`.
    """

    sale: PosSale


class SettlePosSales(Command, frozen=True):
    """Look again at sales that were held or waited, some at a time, behind the `after`-th row; the result is the row
    to go on behind (0: these were all)."""

    pos: TillId
    after: Number = 0


class NotePosAsked(Command, frozen=True):
    """Another till was asked for what changed, up to `cursor`; or `why` that failed, a key of words, with what was
    said."""

    pos: TillId
    cursor: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


class HearPosNews(Command, frozen=True):
    """Another till has told head office that something was sold there: it is asked at once what changed."""

    pos: TillId


class NoteHook(Command, frozen=True):
    """What became of a webhook. `event_id` is the vendor's; `digest` of its body; `state` `dead`: somebody must look,
    because of `why`."""

    pos: TillId
    event_id: Annotated[str, msgspec.Meta(max_length=200)]
    digest: Annotated[str, msgspec.Meta(max_length=64)]
    state: Literal["done", "again", "dead"]
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    file: Annotated[str, msgspec.Meta(max_length=120)] = ""


class DropHook(Command, frozen=True):
    """Let a webhook be that was not understood."""

    id: Number


class RetryHook(Command, frozen=True):
    """Try once more what a webhook says."""

    id: Number


class NotePosDay(Command, frozen=True):
    """A day of another till's place was put beside what is known of it; `differences` are what is left."""

    pos: TillId
    location: Theirs
    day: Day
    sales: Number
    taken: Number
    differences: Annotated[tuple[PosDifference, ...], msgspec.Meta(max_length=DIFFERENCES_MOST)] = ()


class HeldLine(msgspec.Struct, frozen=True):
    """An item that waits for somebody to say what it is, with what it may be."""

    pos: str
    item: str
    name: str
    code: str
    lines: int
    quantity: int
    proposals: tuple[str, ...] = ()
