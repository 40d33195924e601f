"""The states of an order, what it is called, and when it is late. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

from edge.core.messages import Refusal

State = Literal[
    "placed",
    "accepted",
    "preparing",
    "ready",
    "handed_over",
    "out_for_delivery",
    "delivered",
    "failed",
    "rejected",
    "cancelled",
]
Channel = Literal["kiosk", "phone", "till", "api"]
Fulfilment = Literal["pickup", "delivery"]

STEPS: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        "placed": ("accepted", "rejected", "cancelled"),
        "accepted": ("preparing", "cancelled"),
        "preparing": ("ready", "cancelled"),
        "ready": ("handed_over", "out_for_delivery", "cancelled"),
        "out_for_delivery": ("delivered", "failed"),
        "failed": ("ready", "cancelled"),
    }
)
"""Which state may follow which; the others are final."""
OPEN: tuple[State, ...] = tuple(STEPS)
_TO_DOOR: tuple[State, ...] = ("placed", "accepted", "preparing", "ready", "out_for_delivery", "delivered")
_TO_COUNTER: tuple[State, ...] = ("placed", "accepted", "preparing", "ready", "handed_over")
CHANGED_IN: tuple[State, ...] = ("placed", "accepted", "preparing")
"""Staff may change what is in it."""
_LETTERS: Mapping[Channel, str] = MappingProxyType({"kiosk": "K", "phone": "P", "till": "T", "api": "W"})


class CustomerLimits(msgspec.Struct, frozen=True):
    """What its customer may with an order: while it is in one of `states`, and in `stranded_states` where the shop is
    closed at its time. `not_theirs`: fields of the command that are staff's alone."""

    not_theirs: tuple[str, ...] = ()
    states: tuple[State, ...] = ("placed",)
    stranded_states: tuple[State, ...] = ()


_AT_ANY_TIME: tuple[State, ...] = get_args(State)
CUSTOMER_MAY: Mapping[str, CustomerLimits] = MappingProxyType(
    {
        "CancelOrder": CustomerLimits(("reason", "wasted", "keep_fee"), stranded_states=CHANGED_IN),
        "ChangeOrder": CustomerLimits(("reason",)),
        "AddToOrder": CustomerLimits(("sku", "code", "symbology", "quantity", "modifiers")),
        "SetOrderAddress": CustomerLimits(),
        "SetOrderTip": CustomerLimits(),
        "SetOrderSlot": CustomerLimits(stranded_states=OPEN),
        "AskForPayment": CustomerLimits(("amount_minor",), _AT_ANY_TIME),
        "StopOrderPayment": CustomerLimits(states=_AT_ANY_TIME),
    }
)
"""The commands that an order's customer gives as well, by name."""

ACCEPT_WITHIN_US = 15 * 60_000_000
"""An order that nobody accepted for so long, while the shop is open, is late."""
OVERDUE_US = 60 * 60_000_000
"""An order for as soon as possible that is so long, in open hours, where it is, while it should be made, is late."""
ATTEMPTS_MOST = 2
"""How often one drives to a customer; once more needs a manager."""


def step(was: State, to: State, fulfilment: Fulfilment) -> None:
    """`Refusal`: why an order cannot go from one state to another."""
    possible = to in STEPS.get(was, ())
    if fulfilment == "pickup" and to == "out_for_delivery":
        possible = False
    if fulfilment == "delivery" and to == "handed_over":
        possible = False
    if not possible:
        raise Refusal("order_state", {"from": was, "to": to})


def walk(was: State, fulfilment: Fulfilment) -> tuple[State, ...]:
    """The states that an order goes through until it is in the customer's hands, the last one among them; one whose
    delivery failed is back in the shop first."""
    way, end = (_TO_DOOR, "delivered") if fulfilment == "delivery" else (_TO_COUNTER, "handed_over")
    if was == "failed":
        way = ("failed", *way[way.index("ready") :])
    if was not in way or was == end:
        raise Refusal("order_state", {"from": was, "to": end})
    return way[way.index(was) + 1 :]


def order_name(channel: Channel, number: int, taken: Collection[str]) -> str:
    """What an order is called: as short as no other open one is."""
    letter = _LETTERS[channel]
    for digits in (2, 3, 4):
        said = f"{letter}{number % 10**digits:0{digits}}"
        if said not in taken:
            return said
    return f"{letter}{number}"
