"""`config.toml`, typed. A wrong key or value names its line and what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from edge.catalog.categories import trees
from edge.catalog.settings import CatalogSettings
from edge.columns.rows import ImportSettings
from edge.config.backup import Backup
from edge.config.codes import Codes
from edge.config.devices import Device as Device
from edge.config.devices import check_devices, read_device, twice
from edge.config.explain import Wrong, line_of, understood
from edge.config.models import Models
from edge.config.slips import SlipEntry
from edge.config.slips import settings as slip_settings
from edge.core.clock import business_date
from edge.core.errors import ConfigError
from edge.core.journal.rows import Header
from edge.paper.labelling import LabelSettings
from edge.shifts.settings import ShiftSettings
from edge.slips.handlers import SlipSettings
from edge.tax.rules import Rate, TaxClass, TaxTable
from edge.till.settings import TillSettings

Name = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z0-9][a-z0-9_-]{0,62}$",
        description="a name of small letters, digits, '-' and '_' that begins with a letter or digit",
    ),
]
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
    currency: Annotated[
        str, msgspec.Meta(pattern="^[A-Z]{3}$", description="three capital letters (ISO 4217), such as 'EUR'")
    ]
    language: Language = "en"
    zone: str = "UTC"
    day_turns_at: Annotated[
        str,
        msgspec.Meta(
            pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="hours and minutes in quotes, such as '04:00'"
        ),
    ] = "04:00"
    cash_step_minor: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class RateEntry(_Section, frozen=True, kw_only=True):
    """One tax of a class: `percent` as written on an invoice, with at most three digits behind the point."""

    name: str
    percent: Annotated[str | int | float, msgspec.Meta(description="a percentage such as '20' or '9.975'")]


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
    """`[catalog]`: what a file that does not say it means, and whose word counts more (`sources`, the first most)."""

    language: Language | None = None
    tax_class: Name = "standard"
    retired: Literal["refuse", "sell"] = "refuse"
    sources: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    price_jump_percent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 50


class TillEntry(_Section, frozen=True, kw_only=True):
    """`[till]`: what cashiers may do here."""

    refunds_without_receipt: bool = False
    sign_in: bool = False
    sign_out_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 30


class Shifts(_Section, frozen=True, kw_only=True):
    """`[shifts]`: whether a drawer is counted without knowing what should be in it, and whether selling needs one."""

    blind: bool = False
    required: bool = False


class Labels(_Section, frozen=True, kw_only=True):
    """`[labels]`: the name of the printer of labels; nothing is that of the till that asks."""

    printer: str = ""


class Sync(_Section, frozen=True, kw_only=True):
    """`[sync]`: the broker in the cloud. `password_file` and `ca_file` are paths; the password stands in no config."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8883
    tls: bool = True
    ca_file: str | None = None
    username: str | None = None
    password_file: str | None = None


class Plugging(_Section, frozen=True, kw_only=True):
    """`[plugging]`: whether a well-known scanner that is plugged in is used at once, where there is one register."""

    scanners: bool = True


class Log(_Section, frozen=True, kw_only=True):
    """`[log]`: how much is said, and as text or as JSON lines."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class _File(_Section, frozen=True, kw_only=True):
    """The file as TOML has it; devices stay as they are until their drivers read them."""

    store: Store
    tax: Tax = Tax()
    panel: Panel = Panel()
    catalog: Catalog = Catalog()
    codes: Codes = Codes()
    till: TillEntry = TillEntry()
    shifts: Shifts = Shifts()
    labels: Labels = Labels()
    sync: Sync | None = None
    backup: Backup = Backup()
    log: Log = Log()
    plugging: Plugging = Plugging()
    models: Models = Models()
    data: str = "data"
    registers: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=64)] = ("1",)
    device: tuple[dict[str, Any], ...] = ()
    slip: tuple[SlipEntry, ...] = ()


class Config(msgspec.Struct, frozen=True):
    """What the appliance was told, in which `file`. `folder` holds the ledger and all else it keeps."""

    store: Store
    tax: Tax
    panel: Panel
    catalog: Catalog
    codes: Codes
    till: TillEntry
    shifts: Shifts
    labels: Labels
    sync: Sync | None
    log: Log
    plugging: Plugging
    models: Models
    folder: Path
    registers: tuple[str, ...]
    devices: tuple[Device, ...]
    slips: tuple[SlipEntry, ...]
    backup: Backup
    file: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def pictures(self) -> Path:
        """The folder with the pictures of products."""
        return self.folder / "pictures"

    @property
    def header(self) -> Header:
        return Header(self.store.tenant, self.store.id, self.store.device)

    @property
    def day_turns_at_min(self) -> int:
        hours, minutes = self.store.day_turns_at.split(":")
        return int(hours) * 60 + int(minutes)

    def business_date(self, at_us: int) -> str:
        """The day of business (ISO 8601) at a moment."""
        return business_date(at_us, ZoneInfo(self.store.zone), timedelta(minutes=self.day_turns_at_min))

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
            codes=self.codes.rules(store.currency),
            expired=self.codes.expired,
            tax_class=self.catalog.tax_class,
            retired=self.catalog.retired,
            refunds_without_receipt=self.till.refunds_without_receipt,
            slips=bool(self.slips),
            sign_in=self.till.sign_in,
            sign_out_min=self.till.sign_out_min,
        )

    def shift_settings(self) -> ShiftSettings:
        store, shifts = self.store, self.shifts
        return ShiftSettings(
            store.currency,
            store.header,
            store.language,
            store.zone,
            shifts.blind,
            shifts.required,
            self.till.sign_in,
        )

    def label_settings(self) -> LabelSettings:
        store = self.store
        return LabelSettings(store.currency, store.language, self.codes.rules(store.currency), self.labels.printer)

    def catalog_settings(self) -> CatalogSettings:
        return CatalogSettings(self.catalog.sources, tuple(entry.id for entry in self.tax.classes))

    def said_of(self, setting: str) -> Any:
        """What the file says of a setting of `edge/settings/known.py`, such as "catalog.retired"."""
        section, _, key = setting.partition(".")
        return getattr(getattr(self, section), key)

    def slip_settings(self) -> SlipSettings:
        return slip_settings(self.slips, self.store.language, self.store.zone)

    def import_settings(self) -> ImportSettings:
        language = self.catalog.language or self.store.language
        classes = tuple(entry.id for entry in self.tax.classes)
        jump = self.catalog.price_jump_percent
        return ImportSettings(self.store.currency, language, self.catalog.tax_class, classes, jump)


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
        file = _file(raw)
        devices = tuple(read_device(entry, place) for place, entry in enumerate(file.device))
        check_devices(devices, file.registers, file.slip, file.labels.printer)
    except Wrong as wrong:
        line = line_of(text, wrong.place)
        raise ConfigError(f"{path.name} line {line}: {wrong.what}", wrong.advice) from None
    return Config(
        file.store,
        file.tax,
        file.panel,
        file.catalog,
        file.codes,
        file.till,
        file.shifts,
        file.labels,
        file.sync,
        file.log,
        file.plugging,
        file.models,
        (path.parent / file.data).resolve(),
        file.registers,
        devices,
        file.slip,
        file.backup,
        path.resolve(),
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


def _file(raw: dict[str, Any]) -> _File:
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise understood(str(error), raw, _File) from None
    for wrong in _contradictions(file):
        raise wrong
    return file


def _contradictions(file: _File) -> Iterator[Wrong]:
    """What types cannot say."""
    try:
        ZoneInfo(file.store.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Wrong(("store", "zone"), f"There is no time zone {file.store.zone!r}.", "One is 'Europe/Paris'.")
    if register := twice(file.registers):
        yield Wrong(("registers",), f"Two registers are named {register!r}.", "Give each its own name.")
    for place, entry in enumerate(file.tax.classes):
        for number, rate in enumerate(entry.rates):
            try:
                thousandths_of_percent(rate.percent)
            except ValueError as error:
                yield Wrong(
                    ("tax", "class", place, "rates", number, "percent"), f"{error}.", "Write it as on an invoice."
                )
    yield from file.codes.faults()
    yield from file.models.faults()
    yield from file.backup.faults()
    ids = [entry.id for entry in file.tax.classes]
    if id := twice(ids):
        last = len(ids) - 1 - ids[::-1].index(id)
        yield Wrong(("tax", "class", last, "id"), f"Two tax classes are named {id!r}.", "Give each its own name.")
    if source := twice(file.catalog.sources):
        yield Wrong(("catalog", "sources"), f"The source {source!r} is named twice.", "Name each once.")
    for tree in file.catalog.trees:
        if tree not in trees.names():
            known = ", ".join(trees.names())
            yield Wrong(("catalog", "trees"), f"There is no tree of categories {tree!r}.", f"There are: {known}.")
    if file.catalog.tax_class not in ids:
        what = f"The tax class {file.catalog.tax_class!r}, which products have that say nothing else, is not defined."
        yield Wrong(
            ("catalog", "tax_class") if file.catalog != Catalog() else ("tax",),
            what,
            f"Define it in [[tax.class]], or let [catalog] tax_class be one of: {', '.join(ids)}.",
        )
