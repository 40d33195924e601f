"""Providers and payment routing rules as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE, PAYMENTS
from edge.money.payments.commands import EndPaymentRoute, EndProvider, SetPaymentRoute, SetProvider
from edge.money.payments.events import PaymentRouteEnded, PaymentRouteSet, ProviderEnded, ProviderSet
from edge.money.payments.providers.provider import PROVIDERS_MOST, Provider, fault_of, lacking
from edge.money.payments.providers.routing import ROUTES_MOST, PaymentRoute


def fitting(tx: Transaction, wanted: Provider, known: Provider | None) -> Provider:
    """Check a provider.

    Raises `Refusal` if the driver lacks the mode or a currency, or its settlements can't be requested with these
    settings.
    """
    if code := fault_of(wanted):
        raise Refusal(code, {"driver": wanted.driver, "currency": ", ".join(lacking(wanted))})
    return wanted


def sensible(tx: Transaction, wanted: PaymentRoute, known: PaymentRoute | None) -> PaymentRoute:
    """Check a routing rule. Raises `Refusal` if its range is reversed or it names an unknown provider."""
    if wanted.to_minor and wanted.to_minor < wanted.from_minor:
        raise Refusal("bad_route", {"route": wanted.id})
    here = {one.id for one in PROVIDERS.read(tx.db)}
    for id in wanted.providers:
        if id not in here:
            raise Refusal("no_such_provider", {"provider": id})
    return wanted


PROVIDERS = Entity(
    Provider,
    table="payment_provider",
    set_by=SetProvider,
    was_set=ProviderSet,
    end_by=EndProvider,
    was_ended=ProviderEnded,
    right=MANAGE,
    also=PAYMENTS,
    limit=CountLimit(PROVIDERS_MOST, "too_many_providers"),
    unknown=Unknown("no_such_provider", "provider"),
    checks=(fitting,),
)
ROUTES = Entity(
    PaymentRoute,
    table="payment_route",
    set_by=SetPaymentRoute,
    was_set=PaymentRouteSet,
    end_by=EndPaymentRoute,
    was_ended=PaymentRouteEnded,
    right=MANAGE,
    also=PAYMENTS,
    limit=CountLimit(ROUTES_MOST, "too_many_routes"),
    unknown=Unknown("no_such_route", "route"),
    checks=(sensible,),
)
