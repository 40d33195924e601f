"""Delivery zones and their fees. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from edge.core.asking import Ask
from edge.core.messages import Refusal
from edge.foundation.opening_hours.rules import SPANS_MOST, OpenSpan, StoreHours, day_of, fault_of, open_spans
from edge.goods.catalog.product import Sku
from edge.lib.regions.addresses import (
    CANADA,
    Address,
    canadian_postal,
    check,
    is_canadian_postal,
    not_delivered,
    province_of,
)
from edge.lib.regions.eu_vat import is_abroad, member_states
from edge.lib.regions.place import Jurisdiction
from edge.lib.regions.provinces import provinces
from edge.lib.units.money import LIMIT_MINOR

ZoneId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Prefix = Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[ -]*[A-Za-z0-9]([ -]*[A-Za-z0-9]){0,9}[ -]*$(?!\n)")]
Sum = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
ZONES_MOST = 100


class DeliveryZone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses whose postal code begins with one of `prefixes` (stored as capitals and digits only).

    `fee` is the SKU of its fee, a service in the catalogue that costs `fee_minor`. It's taxed by its tax class or,
    without one, like the goods. Delivery is free from `free_from_minor` of goods (0: never). Orders with goods below
    `least_minor` aren't delivered.

    `weekly`: delivery hours by weekday from Monday, within opening hours (empty: all opening hours). Each slot in these
    hours allows `capacity` deliveries to this zone (0: only the slot's own limit). `province`: its Canadian province,
    or member state of the European Union, if it isn't the store's own. Prefixes abroad start with the country's
    letters, such as DE-10.
    """

    id: ZoneId
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    prefixes: Annotated[tuple[Prefix, ...], msgspec.Meta(min_length=1, max_length=200)]
    fee: Annotated[Sku, msgspec.Meta(extra={"control": "product"})]
    fee_minor: Sum = 0
    least_minor: Sum = 0
    free_from_minor: Sum = 0
    weekly: Annotated[
        tuple[Annotated[tuple[OpenSpan, ...], msgspec.Meta(max_length=SPANS_MOST)], ...],
        msgspec.Meta(max_length=7, extra={"control": "week"}),
    ] = ()
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    province: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""


def normal(postal_code: str) -> str:
    """A postal code normalised for comparison: capitals and digits."""
    return "".join(letter for letter in postal_code.upper() if letter.isalnum())


def as_kept(zone: DeliveryZone) -> DeliveryZone:
    """The zone with normalised prefixes, without duplicates."""
    return msgspec.structs.replace(zone, prefixes=tuple(dict.fromkeys(normal(prefix) for prefix in zone.prefixes)))


def foreign_code(country: str, postal_code: str, place: Jurisdiction) -> str:
    """A postal code as zones abroad write it, with its country's letters. Unchanged for the store's or an unknown
    country.

    >>> foreign_code("DE", "10115", Jurisdiction("FR")), foreign_code("FR", "75001", Jurisdiction("FR"))
    ('DE-10115', '75001')
    """
    if country in ("", place.country) or not place.country or normal(postal_code).startswith(country):
        return postal_code
    return f"{country}-{postal_code}"


def address_text(address: str, postal_code: str, place: Jurisdiction) -> str:
    """An address with its postal code on the last line, in Canada as Canada Post requires."""
    code = canadian_postal(postal_code) if place.is_canadian else postal_code.strip()
    return "\n".join(text for text in (address.strip(), code) if text)


def zone_of(zones: Iterable[DeliveryZone], postal_code: str) -> DeliveryZone:
    """The zone with the longest matching prefix. Raises `Refusal` if no zone delivers there."""
    code, known = normal(postal_code), list(zones)
    fitting = [(len(prefix), zone) for zone in known for prefix in zone.prefixes if code.startswith(prefix)]
    if not code or not fitting:
        raise _nowhere(known, code)
    return max(fitting, key=lambda found: found[0])[1]


def _nowhere(zones: Iterable[DeliveryZone], code: str) -> Refusal:
    """The refusal for a place without delivery.

    With zones abroad, it explains how to write another country's postal code.
    """
    abroad = next((one.province for one in zones if one.province and one.prefixes[0].startswith(one.province)), "")
    if not code or not abroad or code[:2] in member_states():
        return Refusal("no_delivery_there", {"postal_code": code})
    return Refusal("no_delivery_there_here", {"postal_code": code, "example": f"{abroad}-{code}"})


def zone_begun(zones: Iterable[DeliveryZone], typed: str) -> DeliveryZone | None:
    """The zone of a partly typed postal code; None if it's still ambiguous."""
    known = list(zones)
    try:
        return zone_of(known, typed)
    except Refusal:
        if not any(prefix.startswith(normal(typed)) for zone in known for prefix in zone.prefixes):
            raise
        return None


def zone_for(
    zones: Iterable[DeliveryZone], address: str, postal_code: str, place: Jurisdiction, ask: Ask
) -> DeliveryZone:
    """The zone of an address. The address is checked by the rules of the zone's province, or else the store's."""
    try:
        zone = zone_of(zones, postal_code)
    except Refusal:
        undeliverable(address, postal_code, place, ask)  # report an invalid address first
        raise
    undeliverable(address, postal_code, place.within(zone.province), ask)
    return zone


def undeliverable(address: str, postal_code: str, place: Jurisdiction, ask: Ask) -> None:
    """Raise `Refusal` for Canadian addresses that can't be delivered to; other countries' addresses are all accepted.

    Refused: a post box, an invalid postal code, or a code of another province, which staff can confirm. The code's
    province isn't checked if the store's is unknown.
    """
    if not place.is_canadian:  # elsewhere, what looks like a post box may be a street's name
        return
    province = place.province or province_of(postal_code)
    there = Address(tuple(address.splitlines()), "-", province, postal_code, CANADA)
    if not_delivered(there, province) == "post_box":
        raise Refusal("delivery_post_box")
    if not is_canadian_postal(postal_code):
        raise Refusal("postal_code_wrong", {"postal_code": normal(postal_code)})
    fault = check(there).faults.get("postal_code", "")
    if fault == "postal_province":
        ask("delivery_other_province", {"postal_code": normal(postal_code), "province": province})
    elif fault:
        raise Refusal("postal_code_wrong", {"postal_code": normal(postal_code)})


def delivered_to(zone: DeliveryZone, place: Jurisdiction) -> str:
    """The zone's province if it isn't the store's own; otherwise ""."""
    return zone.province if zone.province != place.province else ""


def clash(zones: Iterable[DeliveryZone], wanted: DeliveryZone) -> None:
    """Raise `Refusal` if another zone has one of the prefixes."""
    own = set(wanted.prefixes)
    for zone in zones:
        if zone.id != wanted.id and (twice := own & set(zone.prefixes)):
            raise Refusal("zone_prefix_twice", {"prefix": min(twice), "zone": zone.title})


def fault(zone: DeliveryZone, place: Jurisdiction) -> None:
    """Raise `Refusal` for a zone that is invalid for a store at that place."""
    if zone.weekly:
        if len(zone.weekly) != 7:
            raise Refusal("zone_week", {"days": len(zone.weekly)})
        if wrong := fault_of(StoreHours(zone.weekly)):
            raise Refusal(wrong)
    if is_abroad(place.country, zone.province):
        for prefix in zone.prefixes:
            if not normal(prefix).startswith(zone.province):
                raise Refusal("zone_needs_country", {"prefix": prefix, "country": zone.province})
        return
    province = zone.province or place.province
    if not province or (place.province and not place.is_canadian and not zone.province):
        return
    known = provinces().get(province) if place.is_canadian and place.province else None
    if known is None:
        raise Refusal("zone_no_province", {"province": province})
    for prefix in zone.prefixes:
        if not any(prefix.startswith(begin) or begin.startswith(prefix) for begin in known.postal):
            raise Refusal("zone_other_province", {"prefix": prefix, "province": province})


def driven_between(zone: DeliveryZone, clock: ZoneInfo, first: date, days: int) -> Callable[[int, int], bool]:
    """Return a function that tells whether a zone is served during a whole period within these days."""
    if not zone.weekly:
        return lambda from_us, until_us: True
    spans = open_spans(StoreHours(zone.weekly), clock, first, days)
    return lambda from_us, until_us: any(begin <= from_us and until_us <= end for begin, end in spans)


def is_driven(zone: DeliveryZone, clock: ZoneInfo, at_us: int) -> bool:
    """Whether a zone is served at a moment."""
    return driven_between(zone, clock, day_of(clock, at_us), 1)(at_us, at_us + 1)


def fee_minor(zone: DeliveryZone, goods_minor: int) -> int:
    """The delivery fee for goods of this value (after discounts, without tax and deposit).

    Raises `Refusal` if it's below the zone's minimum.
    """
    if goods_minor < zone.least_minor:
        raise Refusal("order_too_small", {"least_minor": zone.least_minor, "goods_minor": goods_minor})
    return 0 if zone.free_from_minor and goods_minor >= zone.free_from_minor else zone.fee_minor
