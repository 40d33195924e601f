"""`config.toml`, typed. A wrong key or value names its line and what is allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from drivers import registry as drivers
from edge.catalog.importing import CatalogSettings
from edge.core.errors import ConfigError
from edge.core.journal import Header
from edge.paper.escpos import PaperOptions
from edge.tax.rules import Rate, TaxClass, TaxTable
from edge.till.settings import TillSettings

Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,62}$")]
Language = Literal["en", "fr", "he"]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: a key that is not a field is an error."""


class Store(_Section, frozen=True, kw_only=True):
    """`[store]`: whose shop it is. `day_turns_at` is when a day of business ends, in the shop's zone."""

    tenant: Name = "demo"
    id: Name
    device: Name = "box1"
    header: tuple[str, ...]
    footer: tuple[str, ...] = ()
    tax_number: str = ""
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    language: Language = "en"
    zone: str = "UTC"
    day_turns_at: Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "04:00"
    cash_step_minor: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class RateEntry(_Section, frozen=True, kw_only=True):
    """One tax of a class: `percent` as written on an invoice, with at most three digits behind the point."""

    name: str
    percent: str | int | float


class ClassEntry(_Section, frozen=True, kw_only=True):
    """`[[tax.class]]`: what products of this class are taxed with."""

    id: Name
    rates: tuple[RateEntry, ...] = ()


class Tax(_Section, frozen=True, kw_only=True):
    """`[tax]`: the table of classes. `inclusive`: prices contain the taxes."""

    inclusive: bool = True
    rounding: Literal["line", "total"] = "total"
    classes: tuple[ClassEntry, ...] = msgspec.field(name="class", default=(ClassEntry(id="standard"),))


class Panel(_Section, frozen=True, kw_only=True):
    """`[panel]`: where the pages are. `aside`: a page shown beside the cashier's (the demo's devices)."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    aside: str = ""


class Catalog(_Section, frozen=True, kw_only=True):
    """`[catalog]`: what a file that does not say it means."""

    language: Language | None = None
    tax_class: Name = "standard"


class Sync(_Section, frozen=True, kw_only=True):
    """`[sync]`: the broker in the cloud. `password_file` and `ca_file` are paths; the password stands in no config."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8883
    tls: bool = True
    ca_file: str | None = None
    username: str | None = None
    password_file: str | None = None


class Log(_Section, frozen=True, kw_only=True):
    """`[log]`: how much is said, and as text or as JSON lines."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Device(msgspec.Struct, frozen=True):
    """`[[device]]`: what is plugged in, for which register.

    A receipt printer also says what its paper is like (`columns`, `profile`); the other
    keys are its driver's.
    """

    name: str
    role: str
    driver: str
    register: str
    options: dict[str, Any]
    paper: PaperOptions = PaperOptions()


class _File(_Section, frozen=True, kw_only=True):
    """The file as TOML has it; devices stay as they are until their drivers read them."""

    store: Store
    tax: Tax = Tax()
    panel: Panel = Panel()
    catalog: Catalog = Catalog()
    sync: Sync | None = None
    log: Log = Log()
    data: str = "data"
    registers: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=64)] = ("1",)
    device: tuple[dict[str, Any], ...] = ()


class Config(msgspec.Struct, frozen=True):
    """What the appliance was told. `folder` holds the ledger and all else it keeps."""

    store: Store
    tax: Tax
    panel: Panel
    catalog: Catalog
    sync: Sync | None
    log: Log
    folder: Path
    registers: tuple[str, ...]
    devices: tuple[Device, ...]

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def header(self) -> Header:
        return Header(self.store.tenant, self.store.id, self.store.device)

    @property
    def day_turns_at_min(self) -> int:
        hours, minutes = self.store.day_turns_at.split(":")
        return int(hours) * 60 + int(minutes)

    def till_settings(self) -> TillSettings:
        classes = tuple(
            TaxClass(entry.id, tuple(Rate(rate.name, thousandths_of_percent(rate.percent)) for rate in entry.rates))
            for entry in self.tax.classes
        )
        store = self.store
        return TillSettings(
            currency=store.currency,
            tax=TaxTable(self.tax.inclusive, self.tax.rounding, classes),
            tax_number=store.tax_number,
            header=store.header,
            footer=store.footer,
            language=store.language,
            zone=store.zone,
            cash_step_minor=store.cash_step_minor,
        )

    def catalog_settings(self) -> CatalogSettings:
        language = self.catalog.language or self.store.language
        return CatalogSettings(self.store.currency, language, self.catalog.tax_class)


def load(path: Path) -> Config:
    """Read a configuration file. `ConfigError` says which line, what is wrong, and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"There is no configuration file {path}.", "Name one with --config.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """A configuration from its text; a relative `data` folder is beside the file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not TOML: {error}.") from None
    try:
        file = msgspec.convert(raw, _File)
        _check(file)
        devices = tuple(_device(entry, place) for place, entry in enumerate(file.device))
    except msgspec.ValidationError as error:
        raise _explain(text, path, str(error)) from None
    _check_registers(file, devices, path)
    return Config(
        file.store,
        file.tax,
        file.panel,
        file.catalog,
        file.sync,
        file.log,
        (path.parent / file.data).resolve(),
        file.registers,
        devices,
    )


def thousandths_of_percent(percent: str | int | float) -> int:
    """ "9.975" as 9975. `ValueError`: not a percentage."""
    try:
        value = Decimal(str(percent)) * 1000
    except InvalidOperation:
        raise ValueError(f"{percent!r} is not a percentage") from None
    if not value.is_finite() or value != value.to_integral_value() or not 0 <= value <= 100_000:
        raise ValueError(f"{percent!r} is not a percentage from 0 to 100 with at most three digits behind the point")
    return int(value)


def _check(file: _File) -> None:
    """What types cannot say, in the words of a `ValidationError`."""
    try:
        ZoneInfo(file.store.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise msgspec.ValidationError(
            f"{file.store.zone!r} is not a time zone such as 'Europe/Paris' - at `$.store.zone`"
        ) from None
    for place, entry in enumerate(file.tax.classes):
        for rate in entry.rates:
            try:
                thousandths_of_percent(rate.percent)
            except ValueError as error:
                raise msgspec.ValidationError(f"{error} - at `$.tax.class[{place}].rates.percent`") from None


def _device(entry: dict[str, Any], place: int) -> Device:
    options = dict(entry)
    try:
        role, driver = str(options.pop("role")), str(options.pop("driver"))
        name = str(options.pop("name", f"{role} {place + 1}"))
        register = str(options.pop("register", "1"))
        paper = {key: options.pop(key) for key in _PAPER if role == "receipt_printer" and key in options}
        drivers.create(role, driver, options)
    except KeyError as error:
        raise msgspec.ValidationError(f"{error.args[0]} is missing - at `$.device[{place}]`") from None
    except drivers.BadOptions as error:
        key = error.key if error.key in entry else {role: "role", driver: "driver"}.get(error.key, "")
        raise msgspec.ValidationError(f"{error} - at `$.device[{place}].{key}`") from None
    return Device(name, role, driver, register, options, msgspec.convert(paper, PaperOptions))


def _check_registers(file: _File, devices: tuple[Device, ...], path: Path) -> None:
    for device in devices:
        if device.register not in file.registers:
            known = ", ".join(file.registers)
            raise ConfigError(
                f"{path.name}: device {device.name!r} is for register {device.register!r}, which there is not.",
                f"Registers are: {known}.",
            )
    names = [device.name for device in devices]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path.name}: two devices are named {name!r}.", "Give each its own name.")


_PAPER = PaperOptions.__struct_fields__
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.S)
_FIELD = re.compile(r"field `(?P<field>[^`]+)`")


def _explain(text: str, path: Path, message: str) -> ConfigError:
    """The validator's message with the line it is about, and the key that was probably meant."""
    found = _PATH.match(message)
    what, where = (found["what"], found["path"] or "$") if found else (message, "$")
    field = _FIELD.search(what)
    keys = re.findall(r"[a-z_]+", where.removeprefix("$"))
    if field and "unknown" in what:
        keys.append(field["field"])
    line = line_of(text, keys, [int(place) for place in re.findall(r"\[(\d+)\]", where)])
    advice = _near(keys, field["field"]) if field and "unknown" in what else ""
    return ConfigError(f"{path.name} line {line}: {what} ({'.'.join(keys) or 'the file'}).", advice)


def _near(keys: list[str], wrong: str) -> str:
    section: Any = _File
    for key in keys[:-1]:
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(section)}
        section = next((t for t in _structs_in(fields.get(key))), None)
        if section is None:
            return ""
    allowed = [field.encode_name for field in msgspec.structs.fields(section)]
    near = difflib.get_close_matches(wrong, allowed, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Allowed here: {', '.join(allowed)}."


def _structs_in(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return [kind]
    return [found for part in getattr(kind, "__args__", ()) for found in _structs_in(part)]


def line_of(text: str, keys: list[str], places: list[int]) -> int:
    """The line (from 1) of a key in TOML text: in its table's last header that fits, or the header, or 1."""
    table: list[str] = []
    counts: dict[str, int] = {}
    best = (0, 1)
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#")[0].strip()
        if header := re.fullmatch(r"(\[\[?)\s*([^\]]+?)\s*\]\]?", line):
            name = header[2].replace('"', "")
            counts[name] = counts.get(name, -1) + (header[1] == "[[")
            skip = header[1] == "[[" and places and counts[name] != places[0]
            table = ["?"] if skip else [part.strip() for part in name.split(".")]
            depth = _common(table, keys)
        elif match := re.match(r"([A-Za-z0-9_-]+)\s*=", line):
            depth = _common([*table, match[1]], keys)
        else:
            continue
        if depth > best[0]:
            best = (depth, number)
    return best[1]


def _common(path: list[str], keys: list[str]) -> int:
    return len(path) if path == keys[: len(path)] else 0


