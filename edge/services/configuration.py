"""config.toml changed by a page: what somebody wrote there stays; what would not start is refused."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array

from drivers.discovery.match import Proposal
from edge.config import Config, load, parse
from edge.core.secrets.store import REFERENCE
from edge.core.storage.atomic_write import write_whole
from edge.lib.errors import ConfigError
from edge.lib.regions.place import CANADA

Kind = Literal["text", "lines", "number", "choice", "time", "zone", "label", "printer", "secret"]
Value = str | int | bool | tuple[str, ...]


class EditableKey(msgspec.Struct, frozen=True):
    """A key that pages change: where it stands, how it is typed in, and the choices it has. `has_page`: a page of its
    own shows it, and not that of set-up."""

    key: str
    kind: Kind
    choices: tuple[str | bool, ...] = ()
    has_page: bool = False


EDITABLE = (
    EditableKey("registers", "lines"),
    EditableKey("store.tax_number", "text"),
    EditableKey("store.zone", "zone"),
    EditableKey("store.day_turns_at", "time"),
    EditableKey("store.cash_step_minor", "number"),
    EditableKey("store.province", "text", has_page=True),
    EditableKey("store.country", "text", has_page=True),
    EditableKey("tax.inclusive", "choice", (True, False), has_page=True),
    EditableKey("tax.rounding", "choice", ("total", "line"), has_page=True),
    EditableKey("backup.folder", "text"),
    EditableKey("backup.disk", "label"),
    EditableKey("backup.same_disk", "choice", (False, True)),
    EditableKey("backup.at", "time"),
    EditableKey("backup.keep_daily", "number"),
    EditableKey("backup.keep_weekly", "number"),
    EditableKey("labels.printer", "printer"),
    EditableKey("notify.email.host", "text"),
    EditableKey("notify.email.port", "number"),
    EditableKey("notify.email.security", "choice", ("starttls", "tls", "none")),
    EditableKey("notify.email.user", "text"),
    EditableKey("notify.email.password", "secret"),
    EditableKey("notify.email.sender", "text"),
)


class TaxRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tax of a class: `percent` as on an invoice, such as "9.975"."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    percent: Annotated[str, msgspec.Meta(max_length=8, pattern=r"^[0-9]+(\.[0-9]+)?$(?!\n)")]


class TaxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of products, and its taxes; none: exempt."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    rates: Annotated[tuple[TaxRate, ...], msgspec.Meta(max_length=5)] = ()


KEYS = {one.key: one for one in EDITABLE}
DEVICES_MOST = 64


def value_of(config: Config, key: str) -> Value:
    """What holds, also where the file says nothing; "" of a part that it does not have, and of a secret in clear."""
    section, *names = key.split(".")
    value: Any = config.said_of(f"{section}.{names[0]}") if names else getattr(config, section)
    for name in names[1:]:
        value = getattr(value, name, "")
    if KEYS[key].kind == "secret" and not value.startswith(REFERENCE):
        return ""
    found: Value = value
    return found


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The file's text with these keys; an empty text takes the key out, so that what is usual holds again."""
    file = tomlkit.parse(text)
    for key, value in values.items():
        *sections, name = key.split(".")
        table: Any = file
        for section in sections:
            if section not in table:
                table[section] = tomlkit.table()
            table = table[section]
            if not isinstance(table, MutableMapping):
                raise _odd(f"{section!r} is no section")
        if value == "":
            table.pop(name, None)
            if not table and sections[1:]:  # the last of `[notify.email]`: there is no mail server any more
                file[sections[0]].pop(sections[1])
        else:
            table[name] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(file)


def with_taxes(text: str, place: str, inclusive: bool, rounding: str, classes: Iterable[TaxEntry]) -> str:
    """The same with other taxes: those of the law where the store is, a `place` such as "province ON", or classes of
    one's own, which change nothing of where it is."""
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
    """Where an older file says elsewhere where the store is, it moves to where that is said now."""
    customers: Any = file.get("customers", {})
    older = {"province": (tax, customers), "country": (tax,)}
    for key, sections in older.items():
        for section in sections:
            if (said := section.pop(key, "")) and not store.get(key):
                store[key] = said


def with_device(text: str, proposal: Proposal, register: str) -> str:
    """The same with one more [[device]]."""
    file = tomlkit.parse(text)
    device = tomlkit.table()
    device.update({"name": proposal.name, "role": proposal.role, "driver": proposal.driver, "register": register})
    device.update(dict(proposal.options))
    devices = file.setdefault("device", tomlkit.aot())
    if not isinstance(devices, AoT | Array):
        raise _odd("'device' is no list")
    devices.append(device if isinstance(devices, AoT) else dict(device))
    return tomlkit.dumps(file)


def without_device(text: str, name: str) -> str:
    """The same without the device of this name."""
    file = tomlkit.parse(text)
    devices = file.get("device", [])
    if not isinstance(devices, AoT | Array):
        raise _odd("'device' is no list")
    for place, device in enumerate(devices):
        if device.get("name") == name:
            del devices[place]
            break
    return tomlkit.dumps(file)


def change(file: Path, changed: Callable[[str], str]) -> Config:
    """Put what `changed` makes of the file's text in its place, one who writes behind the other. `ConfigError`: the
    appliance would not start with it, or the file is none that a page can change; `OSError`: it cannot be written."""
    with _locked(file.parent):
        try:
            text = changed(file.read_text(encoding="utf-8"))
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise _odd(str(error)) from error
        return written(file, text)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Until whoever else changes a file there is done; so much for pages of two managers, not for an editor."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _odd(why: str) -> ConfigError:
    return ConfigError(f"config.toml is written so that no page can change it: {why}.", "Change it by hand.")


def written(file: Path, text: str) -> Config:
    """Put the text in the file's place. `ConfigError`: the appliance would not start with it, and nothing is changed;
    `OSError`: it cannot be written."""
    parse(text, file)
    mode = file.stat().st_mode & 0o777
    write_whole(file, text.encode())
    file.chmod(mode)
    return load(file)


class DevicePlace(msgspec.Struct, frozen=True):
    """A device of the file; `running`: the appliance was started with it as it is there."""

    name: str
    role: str
    driver: str
    register: str
    running: bool


def config_in_file(running: Config) -> Config:
    """What the file says now; what runs, where nobody could start with that."""
    try:
        return load(running.file)
    except ConfigError:
        return running


def differs(running: Config) -> bool:
    """Whether the file says something else than what the appliance was started with."""
    return msgspec.structs.replace(config_in_file(running), folder=running.folder) != running


def device_places(running: Config) -> list[DevicePlace]:
    """Those that run and those that the file has beside them."""
    known = {one.name: one for one in (*running.devices, *config_in_file(running).devices)}
    return [DevicePlace(one.name, one.role, one.driver, one.register, one in running.devices) for one in known.values()]
