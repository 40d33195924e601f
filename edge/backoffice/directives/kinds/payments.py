"""`payments`: {"payments": [{"provider": {"id": "stripe", "driver": "stripe_checkout", "mode": "live", "currencies":
["EUR"]}}, {"route": {"id": "large", "providers": ["stripe"], "from_minor": 50000}}, {"ended_route": "old"},
{"ended_provider": "old"}]}: card payment providers and routing rules from head office."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.messages import Command
from edge.core.registry import Transaction
from edge.money.payments.commands import (
    EndPaymentRoute,
    EndProvider,
    PaymentRoute,
    Provider,
    SetPaymentRoute,
    SetProvider,
)


class NewPaying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of: a provider, a routing rule, or the id of a provider or rule to remove."""

    provider: Provider | None = None
    route: PaymentRoute | None = None
    ended_provider: str = ""
    ended_route: str = ""


class Paying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `payments` directive."""

    payments: tuple[NewPaying, ...]


def _apply(tx: Transaction, _number: int, payments: tuple[NewPaying, ...]) -> Applied:
    changed, unknown = 0, []
    for new in payments:
        command, called = _command(new)
        if attempt(tx, command):
            changed += 1
        else:
            unknown.append(called)
    return Applied(changed, tuple(unknown))


def _command(new: NewPaying) -> tuple[Command, str]:
    """The command for an item, and the id it concerns."""
    if new.provider:
        return SetProvider(new.provider), new.provider.id
    if new.route:
        return SetPaymentRoute(new.route), new.route.id
    if new.ended_route:
        return EndPaymentRoute(new.ended_route), new.ended_route
    return EndProvider(new.ended_provider), new.ended_provider


PAYMENTS = Kind("payments", Paying, _apply)
