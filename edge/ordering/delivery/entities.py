"""Delivery zones as master data."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.queries import find_by_sku
from edge.ordering.delivery.commands import EndZone, SetZone
from edge.ordering.delivery.events import ZoneEnded, ZoneSet
from edge.ordering.delivery.zones import ZONES_MOST, DeliveryZone, as_kept, clash, fault


def known_fee(tx: Transaction, wanted: DeliveryZone, known: DeliveryZone | None) -> DeliveryZone:
    """Raise `Refusal` for a fee that isn't in the catalogue."""
    if find_by_sku(tx.db, wanted.fee) is None:
        raise Refusal("unknown_sku", {"sku": wanted.fee})
    return wanted


def prefixes_of_its_own(tx: Transaction, wanted: DeliveryZone, known: DeliveryZone | None) -> DeliveryZone:
    """Return the zone with normalised prefixes. Raises `Refusal` if another zone has one of them."""
    zone = as_kept(wanted)
    clash(ZONES.read(tx.db), zone)
    return zone


def lies_here(
    settings: Callable[[Transaction], TillSettings], tx: Transaction, wanted: DeliveryZone, known: DeliveryZone | None
) -> DeliveryZone:
    """Raise `Refusal` for a zone that the store can't have, because of its province or hours."""
    fault(wanted, settings(tx).place)
    return wanted


ZONES = Entity(
    DeliveryZone,
    table="delivery_zone",
    set_by=SetZone,
    was_set=ZoneSet,
    end_by=EndZone,
    was_ended=ZoneEnded,
    right=MANAGE,
    ask_first=True,
    limit=CountLimit(ZONES_MOST, "too_many_zones"),
    unknown=Unknown("no_such_zone", "zone"),
    checks=(known_fee, prefixes_of_its_own),
)
