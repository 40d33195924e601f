"""An arriving order: verified by signature, accepted, or held for a person with the reason."""

from __future__ import annotations

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Outcome, Refused
from edge.core.storage.database import Connection
from edge.ordering.web_orders.commands import HoldWebOrder, TakeWebOrder
from edge.ordering.web_orders.entities import CHANNELS
from edge.ordering.web_orders.web_order import WebOrder, is_signed, read_order, unreadable_order, without_card_numbers

RETRYABLE = ("no_such_web_channel", "queue_full", "read_only", "right_denied")
"""Refusals that have nothing to do with the order, so that its sender sends it again."""


def signed_order(db: Connection, channel: str, body: bytes, signature: str, secret: str, decimals: int) -> WebOrder:
    """The order that a channel sent.

    `decimals`: the decimals of the shop's currency. Raises `PermissionError` for an unknown channel or a wrong
    signature, and `ValueError` if the content isn't an order. A signed order of which only the reference can be read is
    returned with its `fault`, for a person.
    """
    known = CHANNELS.find(db, channel)
    if known is None or not is_signed(known.profile, body, secret, signature):
        raise PermissionError(channel)
    try:
        return read_order(known.profile, body, decimals)
    except ValueError:
        return unreadable_order(known.profile, body)


async def deliver(
    shop: CommandBus, channel: str, order: WebOrder, actor: Actor, accepted_minor: int | None = None
) -> Outcome:
    """Accept or hold a signed order. Returns `Refused` if neither was possible."""
    order, actor = without_card_numbers(order), msgspec.structs.replace(actor, surface="job")  # not typed by a person
    outcome = await shop.do(TakeWebOrder(channel, order, accepted_minor), actor)
    match outcome:
        case Refused(code=code, values=values) if code not in RETRYABLE:
            return await shop.do(HoldWebOrder(channel, order, code, values), actor)
    return outcome
