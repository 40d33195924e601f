"""States of payments and refunds, and their transitions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

State = Literal[
    "created",
    "sent",
    "unknown",
    "authorised",
    "stored",
    "captured",
    "settled",
    "partly_refunded",
    "refunded",
    "disputed",
    "declined",
    "voided",
    "expired",
    "lost",
]
"""State of a payment.

`created`: nothing was sent, or the payment certainly hasn't begun; `sent`: its first byte may have been sent;
`unknown`: money may have moved; `authorised`: the terminal could take it and waits for our confirmation; `stored`:
taken offline.
"""
RefundState = Literal["requested", "sent", "unknown", "done", "failed", "cash"]
"""State of a refund. `cash`: it failed and was paid in cash instead."""
Source = Literal["till", "terminal", "look_up", "start", "person"]
"""Source of a state. `person`: entered by a person or from an imported file.

`start`: the appliance restarted, so it doesn't know the outcome of running requests.
"""

_DISPUTABLE: frozenset[State] = frozenset({"captured", "settled", "partly_refunded", "refunded"})
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        "created": frozenset({"sent", "voided"}),
        "sent": frozenset({"authorised", "captured", "stored", "declined", "unknown", "created"}),
        "unknown": frozenset({"authorised", "captured", "stored", "declined", "voided", "created"}),
        "authorised": frozenset({"captured", "stored", "voided", "expired", "unknown"}),
        "stored": frozenset({"captured", "voided", "lost"}),
        "captured": frozenset({"settled", "voided", "unknown", "partly_refunded", "refunded", "disputed"}),
        "settled": frozenset({"partly_refunded", "refunded", "disputed"}),
        "partly_refunded": frozenset({"partly_refunded", "refunded", "disputed"}),
        "refunded": frozenset({"disputed"}),
        "disputed": frozenset({*_DISPUTABLE, "lost"}),
        "declined": frozenset(),
        "voided": frozenset(),
        "expired": frozenset(),
        "lost": frozenset(),
    }
)
LATE: frozenset[State] = frozenset({"created", "declined"})
"""States that only a look-up may change to `captured`, after a late answer."""
REFUND_MOVES: Mapping[RefundState, frozenset[RefundState]] = MappingProxyType(
    {
        "requested": frozenset({"sent", "failed"}),
        "sent": frozenset({"done", "failed", "unknown", "requested"}),
        "unknown": frozenset({"done", "failed", "requested"}),
        "done": frozenset({"failed"}),
        "failed": frozenset({"requested", "cash"}),
        "cash": frozenset(),
    }
)
"""Allowed state transitions of refunds.

`requested` to `failed`: the rest of a partial refund. `sent` to `requested`: it certainly hasn't begun, so it's
requested again. `failed` to `requested`: a person tries again. `done` to `failed`: it was reversed later.
"""
TAKEN: frozenset[State] = frozenset({"captured", "stored"})
"""States in which the till counts the money as received."""
RUNNING: frozenset[State] = frozenset({"sent", "authorised"})
"""States in which the terminal decides the outcome."""
REFUNDABLE: frozenset[State] = frozenset({"captured", "settled", "partly_refunded"})


def may_move(state: State, to: State, by: Source) -> bool:
    """Whether a payment may change to this state if this source reports it."""
    return to in MOVES[state] or (to == "captured" and state in LATE and by == "look_up")


def is_outdated(state: State, to: State) -> bool:
    """Whether a reported state is older than the known state."""
    if to == state:
        return True
    ranked: tuple[State, ...] = ("created", "sent", "unknown", "authorised", "stored", "captured", "settled")
    past: frozenset[State] = _DISPUTABLE | {"disputed"}
    known = len(ranked) if state in past - set(ranked) else ranked.index(state) if state in ranked else -1
    return to in ranked and ranked.index(to) < known
