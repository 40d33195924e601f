"""What may be allowed, and which rights come with which role."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.jobs.store import MANAGE
from edge.core.messages import Actor, Refused, Right, Surface

SELL: Right = "sell"
"""Scan, change quantities, void lines, take money, reprint."""
OVERRIDE: Right = "override"
"""Everything that a till asks a manager's PIN for."""
BASKET: Right = "basket"
"""Fill one's own basket, as at a kiosk; `sell` includes it."""
REFUND: Right = "refund"
REFUND_CASH: Right = "refund_cash"
"""Give back without a receipt."""
VOID: Right = "void"
"""Undo the last sale."""
DRAWER: Right = "drawer"
"""Open the drawer without a sale; who may override may also put money in and take it out."""
DISCOUNT: Right = "discount"
"""Give a line another price."""
OPEN_AMOUNT: Right = "open_amount"
"""Sell what the catalogue does not have, by name and sum."""
STOCK: Right = "stock"
ORDERS: Right = "orders"
DELIVER: Right = "deliver"
REPORTS: Right = "reports"
CUSTOMERS_READ: Right = "customers.read"
CUSTOMERS_WRITE: Right = "customers.write"
PAYMENTS: Right = "payments"
INVOICES: Right = "invoices"
"""Read whom invoices are made out to: the books' alone."""
USERS: Right = "users"
"""People and roles."""
SETTINGS: Right = "settings"
DEVICES: Right = "devices"
"""Pair browsers and end that."""
KEYS: Right = "keys"
"""Make and revoke keys of programs."""
CATALOG: Right = "catalog"
PINS: Right = "pins"
"""Hand in what was made of a PIN: the surface's alone that compares PINs, in no role."""

NOBODY = "cashier"
"""The actor's name where nobody is signed in."""

UMBRELLAS: dict[Right, frozenset[Right]] = {
    SELL: frozenset({BASKET, OPEN_AMOUNT}),
    OVERRIDE: frozenset({REFUND, REFUND_CASH, VOID, DISCOUNT, DRAWER}),
    MANAGE: frozenset(
        {STOCK, ORDERS, DELIVER, REPORTS, CUSTOMERS_READ, CUSTOMERS_WRITE, PAYMENTS, USERS, SETTINGS, DEVICES, KEYS}
        | {CATALOG, INVOICES}
    ),
}
"""Rights that come with a wider one."""

CASHIER = frozenset({SELL, BASKET, DRAWER, OPEN_AMOUNT})
"""What needs no PIN at a till."""
KIOSK = frozenset({BASKET})
RIGHTS = frozenset({*UMBRELLAS, *(right for rights in UMBRELLAS.values() for right in rights)})
"""What roles and keys may hold."""
ALL = RIGHTS | {PINS}

__all__ = [
    "ALL",
    "CASHIER",
    "MANAGE",
    "NOBODY",
    "OVERRIDE",
    "RIGHTS",
    "SELL",
    "anonymous_actor",
    "system",
    "widened",
    "within",
]


def widened(rights: Iterable[Right]) -> frozenset[Right]:
    """Rights with all that come with them."""
    held = frozenset(rights)
    return held.union(*(UMBRELLAS[right] for right in held if right in UMBRELLAS))


def anonymous_actor(register: str, surface: Surface = "cashier") -> Actor:
    """Whoever stands at a register; at a kiosk nobody does but the customer."""
    return Actor(NOBODY, surface, register, KIOSK if surface == "kiosk" else CASHIER, anonymous=True)


def system(surface: Surface = "system") -> Actor:
    """The appliance itself, and whoever has a shell on it."""
    return Actor("system", surface, "", ALL)


def within(actor: Actor, right: Right, amount_minor: int) -> Refused | None:
    """Whether an amount is within what a right allows this actor."""
    most = actor.most_minor(right)
    return Refused("amount_over_right", {"most_minor": most}) if most is not None and amount_minor > most else None
