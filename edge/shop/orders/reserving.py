"""What is held for carts and orders, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.till.rules.basket import BasketLine


def hold(tx: Transaction, holder: str, lines: Iterable[BasketLine], until_us: int = 0) -> Refused | None:
    return None


def release(tx: Transaction, holder: str) -> None:
    return None


def fulfil(tx: Transaction, holder: str, lines: Iterable[BasketLine]) -> None:
    return None
