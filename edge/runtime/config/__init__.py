"""config.toml as typed sections. Errors name the line and the allowed values."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, get_type_hints
from zoneinfo import ZoneInfo

import msgspec

from edge.core.clock import business_date
from edge.core.config_section import ConfigFault, Section
from edge.core.journal.rows import Header
from edge.core.services import Service
from edge.lib.errors import ConfigError
from edge.lib.late_decoder import INSPECTING
from edge.runtime.config import capability_sections
from edge.runtime.config.backup import Backup as Backup
from edge.runtime.config.codes import Codes
from edge.runtime.config.devices import Device as Device
from edge.runtime.config.devices import check_devices, read_device
from edge.runtime.config.explain import explain_fault, line_of, twice
from edge.runtime.config.models import Models
from edge.runtime.config.notify import NotifySection
from edge.runtime.config.place import with_one_place
from edge.runtime.config.secrets import SaidSecret, secrets_in
from edge.runtime.config.sections import (
    CatalogSection,
    HotplugSection,
    HoursEntry,
    LabelsSection,
    Log,
    Name,
    StoreSection,
    TillEntry,
    TwinSection,
)
from edge.runtime.config.sections import Panel as Panel
from edge.runtime.config.sections import Sync as Sync
from edge.runtime.config.slips import SlipEntry
from edge.runtime.config.tax import StoreTaxes, Tax
from edge.runtime.extensions import Extensions, use_extensions

T = TypeVar("T", bound=Section)


LEDGER = "ledger.db"
"""File name of the ledger in the data folder."""
DATA = "data"
"""Default data folder, next to the file."""


class Sections(Section, frozen=True, kw_only=True):
    """Sections used exactly as the file has them."""

    store: StoreSection
    panel: Panel = Panel()
    catalog: CatalogSection = CatalogSection()
    codes: Codes = Codes()
    till: TillEntry = TillEntry()
    labels: LabelsSection = LabelsSection()
    hours: HoursEntry = HoursEntry()
    sync: Sync | None = None
    backup: Backup = Backup()
    log: Log = Log()
    plugging: HotplugSection = HotplugSection()
    twin: TwinSection = TwinSection()
    models: Models = Models()
    notify: NotifySection = NotifySection()
    registers: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=64)] = ("1",)


class _File(Sections, frozen=True, kw_only=True):
    """The file as parsed from TOML. Devices stay untyped until their drivers read them."""

    data: str = DATA
    tax: Tax = Tax()
    device: tuple[dict[str, Any], ...] = ()
    slip: tuple[SlipEntry, ...] = ()


@cache
def file_type() -> type[_File]:
    """The file's type including the capabilities' sections."""
    own = [(key, kind, kind()) for key, kind in capability_sections.kinds().items()]
    return cast(type[_File], msgspec.defstruct("_WholeFile", own, bases=(_File,), frozen=True, kw_only=True))


def _only(keys: Collection[str]) -> type[_File]:
    """Return the file type with only the sections that a file has; all others have their defaults. Inspecting the types
    of all sections would take 15 ms at each start."""
    hints, whole = get_type_hints(file_type(), include_extras=True), msgspec.structs.fields(file_type())
    fields: list[Any] = [
        (
            one.name,
            hints[one.name] if one.name in keys or one.required else Any,
            *([] if one.required else [_default(one)]),
        )
        for one in whole
    ]
    return cast(type[_File], msgspec.defstruct("_SaidFile", fields, bases=(Section,), frozen=True, kw_only=True))


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


class Config(Sections, frozen=True, kw_only=True):
    """The appliance's configuration, read from `file`. `folder` contains the ledger and all other data; `own`: the
    sections declared by capabilities; `extensions`: third-party packages."""

    own: Mapping[type[Section], Section]

    tax: StoreTaxes
    folder: Path
    devices: tuple[Device, ...]
    slips: tuple[SlipEntry, ...]
    file: Path
    extensions: Extensions

    @property
    def ledger(self) -> Path:
        return self.folder / LEDGER

    @property
    def pictures(self) -> Path:
        """Folder of the product pictures."""
        return self.folder / "pictures"

    @property
    def logo(self) -> Path:
        """The shop's logo for receipts, uploaded on a page. The file may not exist."""
        return self.folder / "papers" / "logo.png"

    @property
    def network_name(self) -> str:
        """The shop's mDNS name, shared by both boxes: a valid host name (RFC 1123)."""
        return f"{self.store.id.replace('_', '-').strip('-')}.local"

    @property
    def network_address(self) -> str:
        """The address of the box under its network name, as phones in the shop reach it."""
        return f"{'https' if self.panel.tls else 'http'}://{self.network_name}:{self.panel.port}"

    @property
    def header(self) -> Header:
        return Header(self.store.tenant, self.store.id, self.store.device)

    @property
    def day_turns_at_min(self) -> int:
        hours, minutes = self.store.day_turns_at.split(":")
        return int(hours) * 60 + int(minutes)

    def business_date(self, at_us: int) -> str:
        """Business date (ISO 8601) of a moment."""
        return business_date(at_us, ZoneInfo(self.store.zone), timedelta(minutes=self.day_turns_at_min))

    @property
    def has_head_office(self) -> bool:
        """Whether a head office is configured."""
        return self.sync is not None

    def of(self, kind: type[T]) -> T:
        """Section declared by a capability."""
        return cast(T, self.own[kind])

    def secrets(self) -> tuple[SaidSecret, ...]:
        """Every place that refers to a secret."""
        return tuple(secrets_in(self.sync, self.notify, self.devices))

    def customer_channels(self) -> tuple[str, ...]:
        """Channels that reach customers."""
        return tuple(name for name in ("email", "sms") if getattr(self.notify, name) is not None)

    def said_of(self, setting: str) -> Any:
        """Return the file's value of a setting that can change at runtime, such as "catalog.retired"."""
        section, _, key = setting.partition(".")
        kind = capability_sections.kinds().get(section)
        return getattr(self.own[kind] if kind else getattr(self, section), key)


CONFIG: Service[Config] = Service("config")
"""The whole configuration, for pages that need more of it than others."""


def load(path: Path) -> Config:
    """Read a configuration file. Raises `ConfigError` with the line, the problem, and the allowed values."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"Configuration file {path} not found.", "Set its path with --config.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} can't be read: {error}.") from None
    return parse(text, path)


def parse(text: str, path: Path) -> Config:
    """Parse a configuration. A relative `data` folder is next to the file, and a relative backup folder inside the data
    folder."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} isn't valid TOML: {error}.") from None
    try:
        folder = (path.parent / _data_of(raw)).resolve()
        extensions = use_extensions(folder / LEDGER)  # before models and devices, whose engines and drivers they add
        file = _file(raw)
        devices = tuple(read_device(entry, place, extensions) for place, entry in enumerate(file.device))
        own = {kind: getattr(file, key) for key, kind in capability_sections.kinds().items()}
        check_devices(devices, file.registers, file.slip, file.labels.printer)
        called = {role: [one.name for one in devices if one.role == role] for role in ("receipt_printer", "speaker")}
        for field in ("by_office", "reports"):
            if getattr(file.notify, field) and file.sync is None:
                what = f"[notify] {field} needs head office."
                raise ConfigFault(("notify", field), what, "Set its address in [sync].")
        for wrong in file.notify.faults(called["receipt_printer"], called["speaker"]):
            raise wrong
    except ConfigFault as wrong:
        line = line_of(text, wrong.place)
        raise ConfigError(f"{path.name} line {line}: {wrong.what}", wrong.advice) from None
    kept = {name: getattr(file, name) for name in Sections.__struct_fields__}
    if file.backup.folder and not file.backup.disk:
        kept["backup"] = msgspec.structs.replace(file.backup, folder=str(folder / file.backup.folder))
    taxes = file.tax.at(file.store.place)
    return Config(
        **kept,
        own=own,
        tax=taxes,
        folder=folder,
        devices=devices,
        slips=file.slip,
        file=path.resolve(),
        extensions=extensions,
    )


def _data_of(raw: Mapping[str, Any]) -> str:
    """Data folder, before the file is validated."""
    said = raw.get("data")
    return said if isinstance(said, str) else DATA


def _file(raw: dict[str, Any]) -> _File:
    raw = with_one_place(raw)
    try:
        with INSPECTING:
            file = msgspec.convert(raw, _only(raw.keys()))
    except msgspec.ValidationError as error:
        raise explain_fault(str(error), raw, file_type()) from None
    for wrong in _contradictions(file):
        raise wrong
    return file


def _contradictions(file: _File) -> Iterator[ConfigFault]:
    """Yield faults that the types can't express."""
    yield from file.store.faults()
    yield from file.panel.faults()
    yield from file.twin.faults()
    if register := twice(file.registers):
        yield ConfigFault(("registers",), f"Two registers have the name {register!r}.", "Give each a unique name.")
    yield from file.tax.faults()
    yield from file.codes.faults()
    yield from file.models.faults()
    yield from file.backup.faults()
    for key in capability_sections.kinds():
        if faults := getattr(getattr(file, key), "faults", None):
            yield from faults()
    yield from file.catalog.faults(file.tax.at(file.store.place).ids)
    for check in capability_sections.checks():
        yield from check(file)
