"""An order that arrives: believed by its signature, taken, or held with the reason for a person."""

from __future__ import annotations

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Outcome, Refused
from edge.core.storage.database import Connection
from edge.ordering.web_orders.commands import HoldWebOrder, TakeWebOrder
from edge.ordering.web_orders.entities import CHANNELS
from edge.ordering.web_orders.web_order import WebOrder, is_signed, read_order, unreadable_order, without_card_numbers

NOT_KEPT = ("no_such_web_channel", "queue_full", "read_only", "right_denied")
"""What says nothing of the order: whoever sent it sends it again."""


def signed_order(db: Connection, channel: str, body: bytes, signature: str, secret: str, decimals: int) -> WebOrder:
    """The order that a channel sent. `decimals`: of the shop's money. `PermissionError`: there is no such channel, or
    it has not signed this; `ValueError`: it has, and it says of no order. One that says
    which order it is of, and that nobody can read otherwise, is given with its `fault`: a person has to look."""
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
    """What became of an order that its channel has signed; `Refused`: it is neither taken nor held."""
    order, actor = without_card_numbers(order), msgspec.structs.replace(actor, surface="job")  # no person types it
    outcome = await shop.do(TakeWebOrder(channel, order, accepted_minor), actor)
    match outcome:
        case Refused(code=code, values=values) if code not in NOT_KEPT:
            return await shop.do(HoldWebOrder(channel, order, code, values), actor)
    return outcome
