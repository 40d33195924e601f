"""Order states, names, and lateness. Pure."""

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
"""Allowed state transitions. States without an entry are final."""
OPEN: tuple[State, ...] = tuple(STEPS)
_TO_DOOR: tuple[State, ...] = ("placed", "accepted", "preparing", "ready", "out_for_delivery", "delivered")
_TO_COUNTER: tuple[State, ...] = ("placed", "accepted", "preparing", "ready", "handed_over")
CHANGED_IN: tuple[State, ...] = ("placed", "accepted", "preparing")
"""States in which staff may change an order."""
_LETTERS: Mapping[Channel, str] = MappingProxyType({"kiosk": "K", "phone": "P", "till": "T", "api": "W"})


class CustomerLimits(msgspec.Struct, frozen=True):
    """A customer's permissions for a command.

    It's allowed in `states`, and in `stranded_states` if the shop is closed at the order's slot. `not_theirs`: fields
    that only staff may use.
    """

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
"""Commands that an order's customer may use too, by name."""

ACCEPT_WITHIN_US = 15 * 60_000_000
"""How long an order may wait for acceptance, in opening hours, before it's late (microseconds)."""
OVERDUE_US = 60 * 60_000_000
"""How long an order without a slot may stay in one state of preparation, in opening hours, before it's late."""
ATTEMPTS_MOST = 2
"""Maximum delivery attempts. A further attempt needs a manager."""


def step(was: State, to: State, fulfilment: Fulfilment) -> None:
    """Raise `Refusal` for a state transition that isn't allowed."""
    possible = to in STEPS.get(was, ())
    if fulfilment == "pickup" and to == "out_for_delivery":
        possible = False
    if fulfilment == "delivery" and to == "handed_over":
        possible = False
    if not possible:
        raise Refusal("order_state", {"from": was, "to": to})


def walk(was: State, fulfilment: Fulfilment) -> tuple[State, ...]:
    """The states from the current one until the customer has the order, inclusive.

    After a failed delivery, the order is back in the shop first.
    """
    way, end = (_TO_DOOR, "delivered") if fulfilment == "delivery" else (_TO_COUNTER, "handed_over")
    if was == "failed":
        way = ("failed", *way[way.index("ready") :])
    if was not in way or was == end:
        raise Refusal("order_state", {"from": was, "to": end})
    return way[way.index(was) + 1 :]


def order_name(channel: Channel, number: int, taken: Collection[str]) -> str:
    """An order's displayed name: the shortest one that no other open order uses."""
    letter = _LETTERS[channel]
    for digits in (2, 3, 4):
        said = f"{letter}{number % 10**digits:0{digits}}"
        if said not in taken:
            return said
    return f"{letter}{number}"
