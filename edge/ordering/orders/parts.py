"""Background parts of orders."""

from __future__ import annotations

from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.ordering.orders.sweeper_part import CartSweeper


def _carts(context: PartContext) -> CartSweeper:
    return CartSweeper(context.shop)


PARTS = (PartSpec("carts", _carts),)
