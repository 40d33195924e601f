"""Providers, as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.shop.access.rights import MANAGE, PAYMENTS
from edge.shop.payments.commands import EndProvider, SetProvider
from edge.shop.payments.events import ProviderEnded, ProviderSet
from edge.shop.payments.provider import PROVIDERS_MOST, Provider, fault_of


def fitting(tx: Transaction, wanted: Provider, known: Provider | None) -> Provider:
    """`Refusal`: its driver has no such mode."""
    if code := fault_of(wanted):
        raise Refusal(code, {"driver": wanted.driver})
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
