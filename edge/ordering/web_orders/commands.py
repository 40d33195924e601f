"""What can be asked of orders from elsewhere."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command
from edge.lib.units.money import LIMIT_MINOR
from edge.ordering.web_orders.web_article import TheirId, WebArticle
from edge.ordering.web_orders.web_order import ChannelId, Reference, WebChannel, WebOrder


class SetWebChannel(Command, frozen=True):
    """Let a channel be as this says, a new one or one that there is. Its secret is set apart from it."""

    channel: WebChannel


class EndWebChannel(Command, frozen=True):
    """Take no more orders from a channel. Those that came stay."""

    id: ChannelId


class SetWebArticle(Command, frozen=True):
    """Let what a channel sells as one piece be so much of our goods."""

    article: WebArticle


class EndWebArticle(Command, frozen=True):
    """Take a channel's article by its sku alone again, as goods of ours."""

    channel: ChannelId
    theirs: TheirId


class TakeWebOrder(Command, frozen=True):
    """An order came from a channel, or is cancelled there. What came before has no second effect. `accepted_minor`:
    for this sum of today, whatever its customer was shown, as somebody here says."""

    personal: ClassVar[tuple[str, ...]] = ("order",)

    channel: ChannelId
    order: WebOrder
    accepted_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] | None = None


class HoldWebOrder(Command, frozen=True):
    """Keep an order that could not be taken, and why (the refusal's code and what fills its gaps), for a person."""

    personal: ClassVar[tuple[str, ...]] = ("order",)

    channel: ChannelId
    order: WebOrder
    why: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,60}$(?!\n)")]
    values: dict[str, str | int] = msgspec.field(default_factory=dict)


class DropWebOrder(Command, frozen=True):
    """Somebody has dealt with what was held of an order: it waits no more."""

    channel: ChannelId
    reference: Reference
