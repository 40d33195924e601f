"""Customers in tests: those whom a shop knows, and what is said of them."""

from __future__ import annotations

from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Refused
from edge.people.customers.commands import SetCustomer
from edge.people.customers.customer import Customer
from edge.people.customers.queries import read_customer
from tests.shop_fixture import CASHIER, SYSTEM, done

DANA: dict[str, Any] = {"name": "Dana Lévi", "phone": "06 12 34 56 78", "email": "Dana@Example.org"}


async def known(shop: CommandBus, **said: Any) -> str:
    """The id of a new customer."""
    return str((await done(shop, SetCustomer(**(said or DANA)), SYSTEM)).result)


async def refused(shop: CommandBus, command: Command, actor: Actor = SYSTEM) -> str:
    """The code by which a command is refused."""
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def seen(shop: CommandBus, id: str) -> Customer:
    """A customer as the shop has them now."""
    found = read_customer(shop.reader, id, shop.now_us())
    assert found is not None, id
    return found


__all__ = ["CASHIER", "DANA", "known", "refused", "seen"]
