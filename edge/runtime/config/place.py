"""Location of the store, set once in `[store]`. Older files that have it elsewhere can still be read."""

from __future__ import annotations

from typing import Any

from edge.core.config_section import ConfigFault
from edge.lib.regions.place import CANADA
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import countries

_OLDER = (("tax", "province"), ("customers", "province"), ("tax", "country"))
"""Keys with the location in older files."""


def with_one_place(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the file with its location only in `[store]`. Raises `ConfigFault` (`place_twice`) for contradictions."""
    store = raw.get("store")
    older = [(section, key) for section, key in _OLDER if isinstance(_table(raw, section).get(key), str)]
    if not isinstance(store, dict) or not older:
        return raw
    _check_taxes(raw)
    made = {**raw, "store": dict(store)}
    where = {key: ("store", key) for key in ("province", "country") if store.get(key)}
    for section, key in older:
        made[section] = {name: value for name, value in made[section].items() if name != key}
        said = raw[section][key]
        if not said:
            continue
        known = made["store"].get(key)
        if known and known != said:
            raise _twice(where[key], known, (section, key), said)
        made["store"][key], where[key] = said, (section, key)
    if made["store"].get("province") and not made["store"].get("country"):
        made["store"]["country"] = CANADA
    province, country = (made["store"].get(key) for key in ("province", "country"))
    if province in provinces() and country in countries():
        raise _twice(where["province"], province, where["country"], country)
    return made


def _table(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _twice(one: tuple[str, str], first: str, other: tuple[str, str], second: str) -> ConfigFault:
    what = (
        f"The place is set twice (place_twice): [{one[0]}] {one[1]} is {first!r}, [{other[0]}] {other[1]} {second!r}."
    )
    return ConfigFault(other, what, "Set it once, as [store] province or country.")


def _check_taxes(raw: dict[str, Any]) -> None:
    """Check an older file's tax location. It needs a known table and must not have its own classes."""
    tax = _table(raw, "tax")
    for key, known in (("province", tuple(provinces())), ("country", tuple(countries()))):
        if (said := tax.get(key)) and said not in known:
            what = f"No built-in taxes for {key} {said!r}."
            advice = f"Available: {', '.join(known)}. Or define the classes yourself: [[tax.class]]."
            raise ConfigFault(("tax", key), what, advice)
    if tax.get("class") and (tax.get("province") or tax.get("country")):
        what = "[tax] has both a province or country with built-in taxes and tax classes of its own."
        raise ConfigFault(("tax",), what, "Keep one: the province or country, or the classes ([[tax.class]]).")
