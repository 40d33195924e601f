"""Where a shop delivers to, and for how much. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Refused
from edge.lib.regions.addresses import CANADA, Address, canadian_postal, check, not_delivered
from edge.lib.regions.provinces import provinces
from edge.lib.units.money import LIMIT_MINOR
from edge.shop.catalog.product import Sku
from edge.shop.orders.hours import SPANS_MOST, OpenSpan, StoreHours, day_of, fault_of, opened

ZoneId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Prefix = Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[ -]*[A-Za-z0-9]([ -]*[A-Za-z0-9]){0,9}[ -]*$")]
Sum = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
ZONES_MOST = 100


class DeliveryZone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses whose postal code begins with one of `prefixes` (kept as capitals and digits alone).

    `fee` is the product, a service in the catalogue, that stands on the receipt for it, at `fee_minor`, taxed by its
    class or, without one, as the goods are; free from `free_from_minor` of goods on (0: never). Less than `least_minor`
    of goods is not delivered.

    `weekly`: when it is driven there, from Monday on, while the shop is open (empty: whenever that is). Of the slots
    that begin then each has room for `capacity` deliveries there (0: as many as the slot takes). `province`: where in
    Canada it lies, if not in the store's own.
    """

    id: ZoneId
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    prefixes: Annotated[tuple[Prefix, ...], msgspec.Meta(min_length=1, max_length=200)]
    fee: Sku
    fee_minor: Sum = 0
    least_minor: Sum = 0
    free_from_minor: Sum = 0
    weekly: Annotated[
        tuple[Annotated[tuple[OpenSpan, ...], msgspec.Meta(max_length=SPANS_MOST)], ...], msgspec.Meta(max_length=7)
    ] = ()
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    province: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$")] = ""


def normal(postal_code: str) -> str:
    """A postal code as it is compared: capitals and digits."""
    return "".join(letter for letter in postal_code.upper() if letter.isalnum())


def as_kept(zone: DeliveryZone) -> DeliveryZone:
    """The zone with its prefixes as postal codes are compared, each once."""
    return msgspec.structs.replace(zone, prefixes=tuple(dict.fromkeys(normal(prefix) for prefix in zone.prefixes)))


def written(address: str, postal_code: str, store_province: str) -> str:
    """An address with its postal code below, which in Canada is written as Canada Post wants it."""
    code = canadian_postal(postal_code) if store_province else postal_code.strip()
    return "\n".join(text for text in (address.strip(), code) if text)


def zone_of(zones: Iterable[DeliveryZone], postal_code: str) -> DeliveryZone | Refused:
    """The zone whose prefix fits best, which is the longest; or that nobody drives there."""
    code = normal(postal_code)
    fitting = [(len(prefix), zone) for zone in zones for prefix in zone.prefixes if code.startswith(prefix)]
    if not code or not fitting:
        return Refused("no_delivery_there", {"postal_code": code})
    return max(fitting, key=lambda found: found[0])[1]


def zone_begun(zones: Iterable[DeliveryZone], typed: str) -> DeliveryZone | Refused | None:
    """The zone of a postal code of which so much was typed; None: what comes next says which."""
    known = list(zones)
    found, code = zone_of(known, typed), normal(typed)
    open_still = any(prefix.startswith(code) for zone in known for prefix in zone.prefixes)
    return None if isinstance(found, Refused) and open_still else found


def zone_for(
    zones: Iterable[DeliveryZone], address: str, postal_code: str, store_province: str, confirmed: bool = False
) -> DeliveryZone | Refused:
    """The zone of an address, which is judged as one of the zone's province, else of the store's."""
    zone = zone_of(zones, postal_code)
    own = "" if isinstance(zone, Refused) else zone.province
    return undeliverable(address, postal_code, own or store_province, confirmed) or zone


def undeliverable(address: str, postal_code: str, province: str, confirmed: bool = False) -> Refused | None:
    """Why nothing is brought to that province of Canada ("": to any other place): a post box, a code that is none, or
    one of another province, unless somebody knows better (`confirmed`)."""
    there = Address(tuple(address.splitlines()), "-", province, postal_code, CANADA, confirmed=confirmed)
    # elsewhere what looks like a post box may be a street's name, and nobody could say that it is
    if province and not_delivered(there, province) == "post_box":
        return Refused("delivery_post_box")
    fault = check(there).faults.get("postal_code", "") if province else ""
    if fault == "postal_province":
        return Refused("delivery_other_province", {"postal_code": normal(postal_code), "province": province})
    return Refused("postal_code_wrong", {"postal_code": normal(postal_code)}) if fault else None


def clash(zones: Iterable[DeliveryZone], wanted: DeliveryZone) -> Refused | None:
    """Whether another zone has one of its prefixes already."""
    own = set(wanted.prefixes)
    for zone in zones:
        if zone.id != wanted.id and (twice := own & set(zone.prefixes)):
            return Refused("zone_prefix_twice", {"prefix": min(twice), "zone": zone.title})
    return None


def fault(zone: DeliveryZone, store_province: str) -> Refused | None:
    """What is wrong with a zone of a store of that province of Canada ("": elsewhere, or not said)."""
    if zone.weekly:
        if len(zone.weekly) != 7:
            return Refused("zone_week", {"days": len(zone.weekly)})
        if wrong := fault_of(StoreHours(zone.weekly)):
            return Refused(wrong)
    province = zone.province or store_province
    if not province:
        return None
    known = provinces().get(province) if store_province else None
    if known is None:
        return Refused("zone_no_province", {"province": province})
    for prefix in zone.prefixes:
        if not any(prefix.startswith(begin) or begin.startswith(prefix) for begin in known.postal):
            return Refused("zone_other_province", {"prefix": prefix, "province": province})
    return None


def driven(zone: DeliveryZone, clock: ZoneInfo, first: date, days: int) -> Callable[[int, int], bool]:
    """Whether it is driven to a zone all of the time between two moments of these days."""
    if not zone.weekly:
        return lambda from_us, until_us: True
    spans = opened(StoreHours(zone.weekly), clock, first, days)
    return lambda from_us, until_us: any(begin <= from_us and until_us <= end for begin, end in spans)


def is_driven(zone: DeliveryZone, clock: ZoneInfo, at_us: int) -> bool:
    """Whether it is driven to a zone at a moment."""
    return driven(zone, clock, day_of(clock, at_us), 1)(at_us, at_us + 1)


def fee_minor(zone: DeliveryZone, goods_minor: int) -> int | Refused:
    """What delivering goods of this worth (after discounts, without tax and deposit) costs there."""
    if goods_minor < zone.least_minor:
        return Refused("order_too_small", {"least_minor": zone.least_minor, "goods_minor": goods_minor})
    return 0 if zone.free_from_minor and goods_minor >= zone.free_from_minor else zone.fee_minor
