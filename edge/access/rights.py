"""What may be allowed: four rights, and who has them."""

from __future__ import annotations

from edge.core.jobs import MANAGE
from edge.core.shapes import Actor, Right, Surface

SELL: Right = "sell"
"""Scan, change quantities, void lines, take money, reprint."""
OVERRIDE: Right = "override"
"""Change a price on a line, void a sale. Guarded by the set-up PIN, or a manager's."""

REFUND_CASH: Right = "refund_cash"
"""Give cash for goods that were not paid for in cash. Guarded as `OVERRIDE` is."""

NOBODY = "cashier"
"""The actor's name where nobody is signed in."""

__all__ = ["ALL", "CASHIER", "MANAGE", "NOBODY", "OVERRIDE", "REFUND_CASH", "SELL", "at_register", "system"]

CASHIER = frozenset({SELL})
ALL = frozenset({SELL, OVERRIDE, REFUND_CASH, MANAGE})


def at_register(register: str, surface: Surface = "cashier") -> Actor:
    """Whoever stands at a register."""
    return Actor(NOBODY, surface, register, CASHIER)


def system(surface: Surface = "system") -> Actor:
    """The appliance itself, and whoever has a shell on it."""
    return Actor("system", surface, "", ALL)
