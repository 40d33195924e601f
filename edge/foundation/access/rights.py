"""Rights and the roles that include them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.endpoints import REPORTS, SELL
from edge.core.jobs.store import MANAGE
from edge.core.messages import Actor, Refusal, Right, Surface

OVERRIDE: Right = "override"
"""All actions for which a till asks for a manager's PIN."""
BASKET: Right = "basket"
"""Fill one's own basket, as at a kiosk. `sell` includes this right."""
REFUND: Right = "refund"
REFUND_CASH: Right = "refund_cash"
"""Refund in cash instead of to the card, and refund without a receipt."""
VOID: Right = "void"
"""Void the last sale."""
DRAWER: Right = "drawer"
"""Open the drawer without a sale. With the override right, also pay cash in and out."""
DISCOUNT: Right = "discount"
"""Override prices and give discounts."""
OPEN_AMOUNT: Right = "open_amount"
"""Sell items that aren't in the catalogue, by name and amount."""
STOCK: Right = "stock"
ORDERS: Right = "orders"
DELIVER: Right = "deliver"
CUSTOMERS_READ: Right = "customers.read"
CUSTOMERS_WRITE: Right = "customers.write"
PAYMENTS: Right = "payments"
INVOICES: Right = "invoices"
"""View the names on invoices; only for bookkeeping."""
ACCOUNTS: Right = "accounts"
"""Let customers pay later: terms, orders on account, payments, reminders."""
PRODUCTION: Right = "production"
"""Edit bills of materials, and plan work orders."""
FISCAL: Right = "fiscal"
"""Manage tax compliance: files for authorities, closings, and the laws that apply to the store."""
USERS: Right = "users"
"""Manage users and roles."""
SETTINGS: Right = "settings"
DEVICES: Right = "devices"
"""Pair browsers, and unpair them."""
KEYS: Right = "keys"
"""Create and revoke API keys."""
CATALOG: Right = "catalog"
PINS: Right = "pins"
"""Submit PIN hashes: only for the surface that compares PINs, and in no role."""

NOBODY = "cashier"
"""Name of the actor while no user is signed in."""

UMBRELLAS: dict[Right, frozenset[Right]] = {
    SELL: frozenset({BASKET, OPEN_AMOUNT}),
    OVERRIDE: frozenset({REFUND, REFUND_CASH, VOID, DISCOUNT, DRAWER}),
    MANAGE: frozenset(
        {STOCK, ORDERS, DELIVER, REPORTS, CUSTOMERS_READ, CUSTOMERS_WRITE, PAYMENTS, USERS, SETTINGS, DEVICES, KEYS}
        | {CATALOG, INVOICES, FISCAL, ACCOUNTS, PRODUCTION}
    ),
}
"""Rights implied by a wider one."""

PIN_APPROVES = UMBRELLAS[OVERRIDE] | {OVERRIDE, SELL, *UMBRELLAS[SELL]}
"""Rights that a PIN alone approves at a till, once or while a user is signed in. For all other rights, people with a
second factor need it, too."""
AT_TILL = PIN_APPROVES | {CUSTOMERS_WRITE}
"""Rights that a signed-in user has at a till without a PIN or second factor, if their role includes them."""
CASHIER = frozenset({SELL, BASKET, DRAWER, OPEN_AMOUNT})
"""Rights that need no PIN at a till."""
PERSONAL = frozenset({USERS, CUSTOMERS_READ, CUSTOMERS_WRITE, INVOICES})
"""Rights to personal data. Reads under them are logged (`look_log.py`)."""
KIOSK = frozenset({BASKET})
RIGHTS = frozenset({*UMBRELLAS, *(right for rights in UMBRELLAS.values() for right in rights)})
"""Rights that roles and keys can have."""
ALL = RIGHTS | {PINS}

LIMITED = (VOID, REFUND, REFUND_CASH, DISCOUNT, OPEN_AMOUNT)
"""Rights that can have a limit: a maximum amount per sale, refund or basket."""

__all__ = [
    "ALL",
    "CASHIER",
    "LIMITED",
    "MANAGE",
    "NOBODY",
    "OVERRIDE",
    "REPORTS",
    "RIGHTS",
    "SELL",
    "anonymous_actor",
    "system",
    "with_implied_rights",
    "within",
    "without_approvals",
]


def with_implied_rights(rights: Iterable[Right]) -> frozenset[Right]:
    """Return the rights including implied ones."""
    held = frozenset(rights)
    return held.union(*(UMBRELLAS[right] for right in held if right in UMBRELLAS))


def anonymous_actor(register: str, surface: Surface = "cashier") -> Actor:
    """Return the anonymous user at a register; at a kiosk, the customer. Without a register they have no rights."""
    rights = KIOSK if surface == "kiosk" else CASHIER if register else frozenset()
    return Actor(NOBODY, surface, register, rights, anonymous=True)


def without_approvals(actor: Actor) -> Actor:
    """Return the actor without PIN-approved rights, because voice input isn't a tap."""
    return msgspec.structs.replace(actor, rights=actor.rights - (AT_TILL - CASHIER))


def system(surface: Surface = "system") -> Actor:
    """The appliance itself, or a shell user on it."""
    return Actor("system", surface, "", ALL)


def within(actor: Actor, right: Right, amount_minor: int) -> None:
    """Raise `Refusal` if an amount exceeds the actor's limit for a right."""
    most = actor.most_minor(right)
    if most is not None and amount_minor > most:
        raise Refusal("amount_over_right", {"most_minor": most})
