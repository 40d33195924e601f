"""Edits config.toml from pages.

Preserves the owner's formatting and rejects changes that would prevent a start. tomlkit is imported lazily, because no
start needs it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec

from drivers.discovery.match import Proposal
from edge.core.secrets.store import REFERENCE
from edge.core.storage.atomic_write import write_whole
from edge.lib.errors import ConfigError
from edge.lib.regions.place import CANADA
from edge.runtime.config import Config, load, parse
from edge.runtime.editable_keys import KEYS, EditableKey, channel_of

Value = str | int | bool | tuple[str, ...]


class TaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tax of a class: `percent` as on an invoice, such as "9.975"."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    percent: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[0-9]+(\.[0-9]+)?$(?!\n)")]


class TaxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of products and its taxes. An empty list means exempt."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    rates: Annotated[tuple[TaxRate, ...], msgspec.Meta(max_length=5)] = ()


def value_of(config: Config, key: str) -> Value:
    """Return the effective value, even if the file doesn't set it; "" for a missing section and for a plain-text
    secret."""
    value = _raw_value(config, key)
    return "" if KEYS[key].kind == "secret" and not str(value).startswith(REFERENCE) else value


def is_said(config: Config, key: str) -> bool:
    """Whether a value is set. A secret may also be set in plain text or in a file."""
    by_file = KEYS[key].kind == "secret" and _raw_value(config, f"{key}_file")
    return bool(_raw_value(config, key) or by_file)


def lacking(config: Config, values: Mapping[str, Value]) -> EditableKey | None:
    """Return the first key that a message channel still needs after these changes, or None."""
    channels = {channel.name: channel for key in values if (channel := channel_of(key)) is not None}
    for channel in channels.values():
        after = {one.key: values[one.key] if one.key in values else is_said(config, one.key) for one in channel.keys}
        needed = [*channel.needs] if any(after.values()) else []
        needed += [other for key, other in channel.needs_if if after[key]]
        for key in needed:
            if not after[key]:
                return KEYS[key]
    return None


def _raw_value(config: Config, key: str) -> Value:
    section, *names = key.split(".")
    value: Any = config.said_of(f"{section}.{names[0]}") if names else getattr(config, section)
    for name in names[1:]:
        value = getattr(value, name, "")
    found: Value = value
    return found


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """Set keys in the file's text. An empty text or list removes a key, restoring its default."""
    import tomlkit

    file = tomlkit.parse(text)
    for key, value in values.items():
        *sections, name = key.split(".")
        table: Any = file
        for section in sections:
            if section not in table:
                table[section] = tomlkit.table()
            table = table[section]
            if not isinstance(table, MutableMapping):
                raise _odd(f"{section!r} isn't a section")
        if value in ("", ()):
            table.pop(name, None)
            if not table and sections[1:]:  # the last key of `[notify.email]`: the mail server was removed
                file[sections[0]].pop(sections[1])
        else:
            table[name] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(file)


def with_taxes(text: str, place: str, inclusive: bool, rounding: str, classes: Iterable[TaxEntry]) -> str:
    """Set the taxes: by law at a `place` such as "province ON", or the shop's own classes, which leave the location
    unchanged."""
    import tomlkit

    file = tomlkit.parse(text)
    tax: Any = file.setdefault("tax", tomlkit.table())
    store: Any = file.setdefault("store", tomlkit.table())
    _place_in_store(file, tax, store)
    tax.pop("class", None)
    tax["inclusive"], tax["rounding"] = inclusive, rounding
    if place:
        key, _, id = place.partition(" ")
        store.pop("province", None)
        store["country"] = CANADA if key == "province" else id
        store[key] = id
        return tomlkit.dumps(file)
    entries = tomlkit.aot()
    for entry in classes:
        one, rates = tomlkit.table(), tomlkit.array()
        for rate in entry.rates:
            said = tomlkit.inline_table()
            said.update({"name": rate.name, "percent": rate.percent})
            rates.append(said)
        one.update({"id": entry.id, "rates": rates})
        entries.append(one)
    tax["class"] = entries
    return tomlkit.dumps(file)


def _place_in_store(file: Any, tax: Any, store: Any) -> None:
    """Move the location from an older file's sections to `[store]`."""
    customers: Any = file.get("customers", {})
    older = {"province": (tax, customers), "country": (tax,)}
    for key, sections in older.items():
        for section in sections:
            if (said := section.pop(key, "")) and not store.get(key):
                store[key] = said


def with_device(text: str, proposal: Proposal, register: str) -> str:
    """Append a [[device]]."""
    import tomlkit
    from tomlkit.items import AoT, Array

    file = tomlkit.parse(text)
    device = tomlkit.table()
    device.update({"name": proposal.name, "role": proposal.role, "driver": proposal.driver, "register": register})
    device.update(dict(proposal.options))
    devices = file.setdefault("device", tomlkit.aot())
    if not isinstance(devices, AoT | Array):
        raise _odd("'device' isn't a list")
    devices.append(device if isinstance(devices, AoT) else dict(device))
    return tomlkit.dumps(file)


def without_device(text: str, name: str) -> str:
    """Remove the device of this name."""
    import tomlkit
    from tomlkit.items import AoT, Array

    file = tomlkit.parse(text)
    devices = file.get("device", [])
    if not isinstance(devices, AoT | Array):
        raise _odd("'device' isn't a list")
    for place, device in enumerate(devices):
        if device.get("name") == name:
            del devices[place]
            break
    return tomlkit.dumps(file)


def change(file: Path, changed: Callable[[str], str]) -> Config:
    """Replace the file's text with `changed(text)`, one writer at a time. Raises `ConfigError` if the appliance
    wouldn't start with the new text or a page can't edit the file, and `OSError` if it can't be written."""
    from tomlkit.exceptions import TOMLKitError

    with _lock_folder(file.parent):
        try:
            text = changed(file.read_text(encoding="utf-8"))
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise _odd(str(error)) from error
        return write_config(file, text)


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder against other pages' edits (not against an editor)."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _odd(why: str) -> ConfigError:
    return ConfigError(f"The pages can't change config.toml: {why}.", "Edit the file instead.")


def write_config(file: Path, text: str) -> Config:
    """Create or replace the file. Raises `ConfigError`, without changes, if the appliance wouldn't start with it;
    `OSError` if it can't be written."""
    parse(text, file)
    mode = file.stat().st_mode & 0o777 if file.exists() else None
    write_whole(file, text.encode())
    if mode is not None:
        file.chmod(mode)
    return load(file)


class DevicePlace(msgspec.Struct, frozen=True):
    """A device of the file. `running`: the appliance was started with this entry."""

    name: str
    role: str
    driver: str
    register: str
    running: bool


def config_in_file(running: Config) -> Config:
    """Return the file's current configuration, or the running one if the file is invalid."""
    try:
        return load(running.file)
    except ConfigError:
        return running


def differs(running: Config) -> bool:
    """Whether the file differs from the running configuration."""
    filed = config_in_file(running)
    return msgspec.structs.replace(filed, folder=running.folder, extensions=running.extensions) != running


def device_places(running: Config) -> list[DevicePlace]:
    """Return the running devices, and those added to the file after the start."""
    known = {one.name: one for one in (*running.devices, *config_in_file(running).devices)}
    return [DevicePlace(one.name, one.role, one.driver, one.register, one in running.devices) for one in known.values()]
