"""Commands of web orders."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edge.core.messages import Command
from edge.lib.units.money import LIMIT_MINOR
from edge.ordering.web_orders.web_article import TheirId, WebArticle
from edge.ordering.web_orders.web_order import ChannelId, Reference, WebChannel, WebOrder


class SetWebChannel(Command, frozen=True):
    """Add or change a channel. Its secret is set separately."""

    channel: WebChannel


class EndWebChannel(Command, frozen=True):
    """Delete a channel. Its orders are kept."""

    id: ChannelId


class SetWebArticle(Command, frozen=True):
    """Map a channel's article to a quantity of one of our products."""

    article: WebArticle


class EndWebArticle(Command, frozen=True):
    """Delete an article's mapping, so that it's matched by SKU again."""

    channel: ChannelId
    theirs: TheirId


class TakeWebOrder(Command, frozen=True):
    """Accept an order from a channel, or its cancellation. Repeating it has no effect.

    `accepted_minor`: the current total that staff accept, even if the customer saw another one.
    """

    personal: ClassVar[tuple[str, ...]] = ("order",)

    channel: ChannelId
    order: WebOrder
    accepted_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] | None = None


class HoldWebOrder(Command, frozen=True):
    """Hold an order that couldn't be accepted until a person decides.

    The reason is the refusal's code and values.
    """

    personal: ClassVar[tuple[str, ...]] = ("order",)

    channel: ChannelId
    order: WebOrder
    why: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,60}$(?!\n)")]
    values: dict[str, str | int] = msgspec.field(default_factory=dict)


class DropWebOrder(Command, frozen=True):
    """Dismiss a held order that a person has resolved."""

    channel: ChannelId
    reference: Reference
