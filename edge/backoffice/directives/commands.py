"""What the hub can ask of the shop."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.commands import ListName, Moment
from edge.lib.units.money import LIMIT_MINOR

ITEMS = 8
"""In one command: a millisecond of the writer, for which a scan may have to wait."""

Number = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]


class NewPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of a directive of prices: a product, by `sku` or by `code`, and what it costs from now on.

    Or in another list than the store's, from `from_us` on, until `until_us`: as in `catalog.commands.SetPrice`. One
    that is taken late begins then.
    """

    price_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    list: ListName = "store"
    from_us: Moment | None = None
    until_us: Moment | None = None


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a directive of kind `prices`."""

    prices: tuple[NewPrice, ...]


class TakeDirective(Command, frozen=True):
    """Take the directive that the hub published as `number`; the shop applies it as a job, in order.

    `body` is JSON, as its kind has it. One that cannot be understood is refused at
    once, in the journal, and does not block the next.
    """

    personal: ClassVar[tuple[str, ...]] = ("body",)

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    body: str


class RefuseDirective(Command, frozen=True):
    """Do not apply a directive that is head office's: say in the journal why. Nothing is done where it was taken."""

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class ApplyPart(Command, frozen=True):
    """Apply some items of a directive, as its kind has them; what of them the shop does not have is noted."""

    personal: ClassVar[tuple[str, ...]] = ("items",)

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    items: Annotated[tuple[Any, ...], msgspec.Meta(max_length=ITEMS)]


class EndDirective(Command, frozen=True):
    """All chunks of a directive are done: say so in the journal."""

    number: Number


class GiveUpDirective(Command, frozen=True):
    """The job of a directive has ended early: say in the journal how far it came, and why it went no further."""

    number: Number
    cancelled: bool
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class AnnounceKey(Command, frozen=True):
    """Say in the journal the public half of this box's key (X25519, hexadecimal), to which head office seals."""

    public: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
