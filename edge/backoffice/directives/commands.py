"""Commands of directives."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.commands import ListName, Moment
from edge.lib.units.money import LIMIT_MINOR

ITEMS = 8
"""Maximum items per command, which take one millisecond of the writer. A scan may have to wait that long."""

Number = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]


class NewPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a price directive: a product, by `sku` or `code`, and its new price.

    `list`: the price list; `from_us` and `until_us`: its period, as in `catalog.commands.SetPrice`. A price accepted
    after its start applies at once.
    """

    price_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    list: ListName = "store"
    from_us: Moment | None = None
    until_us: Moment | None = None


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a `prices` directive."""

    prices: tuple[NewPrice, ...]


class TakeDirective(Command, frozen=True):
    """Accept the directive that the hub published as `number`. The shop applies directives as jobs, in order.

    `body` is JSON in the format of its kind. An unreadable directive is refused in the journal and doesn't block the
    next.
    """

    personal: ClassVar[tuple[str, ...]] = ("body",)

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    body: str


class RefuseDirective(Command, frozen=True):
    """Refuse a directive of head office and record the reason in the journal. No effect if it was already accepted."""

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class ApplyPart(Command, frozen=True):
    """Apply some items of a directive; items unknown to the shop are recorded."""

    personal: ClassVar[tuple[str, ...]] = ("items",)

    number: Number
    kind: Annotated[str, msgspec.Meta(max_length=60)]
    items: Annotated[tuple[Any, ...], msgspec.Meta(max_length=ITEMS)]


class EndDirective(Command, frozen=True):
    """Record in the journal that all items of a directive were applied."""

    number: Number


class GiveUpDirective(Command, frozen=True):
    """Record in the journal that a directive's job ended early, with its progress and the reason."""

    number: Number
    cancelled: bool
    reason: Annotated[str, msgspec.Meta(max_length=500)]


class AnnounceKey(Command, frozen=True):
    """Record in the journal the public half of this box's key (X25519, hexadecimal), with which head office
    encrypts."""

    public: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
