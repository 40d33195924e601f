"""Third-party packages with drivers, engines or capabilities (docs/extensions.md).

A package is in the appliance's environment or in `extensions/` of the data folder, and declares entry points in one of
`GROUPS`. Only its metadata is read until the owner turns it on (`edge/backoffice/extensions`); from the next start its
code runs with the appliance's rights. A package that can't be used is skipped and reported (`ExtensionProblem`), and
the till starts without it.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

import msgspec
import structlog

from drivers import registry as drivers
from edge.core.registry import Capability, Check, CheckResult, Gauge, PartSpec
from edge.core.storage.database import DatabaseError, open_reader
from edge.lib.i18n.translations import add_package_words

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_log = structlog.get_logger(__name__)

API = 1
"""Version of the extension API. A package declares the versions it was tested with as keywords: `edge-store-api-1`."""
DRIVERS, ENGINES, CAPABILITIES = "edge.drivers", "edge.engines", "edge.capabilities"
GROUPS = {DRIVERS: "driver", ENGINES: "engine", CAPABILITIES: "capability"}
"""Groups of entry points, with the type of an entry in each. Entries are named `ROLE.NAME`, `KIND.NAME` and `NAME`."""
CLOSED_ROLES = frozenset({"payment_terminal"})
"""Roles for which packages can't provide drivers, because the states of a card payment are part of the journal."""
FOLDER = "extensions"
"""Folder for packages, in the data folder, so that they survive software updates."""
PACKAGES = 100
PUBLISHER_LETTERS = 200
SUMMARY_LETTERS = 400
UNNAMED = "?"
_MARK = b"[edge."
_SETTLED_NS = 60_000_000_000
"""Time after which an unchanged folder isn't read again until it changes."""
_API_KEYWORD = re.compile(r"\bedge-store-api-([0-9]+)\b")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")
_NAMES = {
    DRIVERS: re.compile(r"[a-z_]{1,40}\.[a-z0-9_-]{1,60}"),
    ENGINES: re.compile(r"[a-z_]{1,40}\.[a-z0-9_-]{1,60}"),
    CAPABILITIES: re.compile(r"[a-z][a-z0-9_]{0,59}"),
}
_PLACE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")

Why = Literal["", "metadata", "api", "role", "taken", "publisher", "gone", "broken", "events", "hooks"]
"""Why a package can't be used: unreadable or wrong metadata, another API, a driver of a closed role, a taken name,
another publisher than the one enabled, uninstalled, or failing code. The last two are events or tables, or parts in
others' commands, which packages may not have."""


class Provided(msgspec.Struct, frozen=True):
    """One entry point: its group, its name and the place of its class or value (`package.module:Name`)."""

    group: str
    name: str
    place: str

    @property
    def kind(self) -> str:
        return GROUPS[self.group]

    @property
    def pair(self) -> tuple[str, str]:
        """Role and driver, or kind and engine."""
        first, _, second = self.name.partition(".")
        return first, second


class Extension(msgspec.Struct, frozen=True):
    """An installed package, from its metadata. The publisher's name is unverified. `folder`: its location. `why`: the
    reason why it can't be used according to the metadata, with `detail`."""

    package: str
    version: str
    publisher: str
    summary: str
    provides: tuple[Provided, ...]
    folder: str
    why: Why = ""
    detail: str = ""

    def places(self, group: str) -> Mapping[tuple[str, str], str]:
        """The extension's drivers or engines, keyed as in the registries."""
        return {one.pair: one.place for one in self.provides if one.group == group}


class ExtensionProblem(msgspec.Struct, frozen=True):
    """A package that is turned on but can't be used."""

    package: str
    why: Why
    detail: str = ""


class TurnedOn(msgspec.Struct, frozen=True):
    """A package turned on by the owner, from the journal; `provides`: "GROUP:NAME" per entry point."""

    package: str
    publisher: str
    provides: tuple[str, ...]


class Extensions:
    """Packages used by a configuration: those that are `on`, and the `problems` of others, collected during the
    start."""

    def __init__(self) -> None:
        self.on: list[Extension] = []
        self.problems: list[ExtensionProblem] = []
        self._owners: dict[tuple[str, tuple[str, str]], str] = {}

    def drop(self, package: str, why: Why, detail: object = "") -> None:
        """Report once that a package can't be used."""
        if any(one.package == package for one in self.problems):
            return
        self.problems.append(ExtensionProblem(package, why, _plain(str(detail))[:SUMMARY_LETTERS]))
        _log.warning("an extension can't be used", package=package, why=why, detail=str(detail))

    def owner_of(self, group: str, pair: tuple[str, str]) -> str:
        """Return the package that provides (or provided) a driver or engine; "" if none."""
        return self._owners.get((group, pair), "")

    def packages_of(self, group: str, except_for: Container[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Packages of drivers or engines not in `except_for`."""
        return {pair: name for (of, pair), name in self._owners.items() if of == group and pair not in except_for}

    def note(self, group: str, pair: tuple[str, str], package: str) -> None:
        self._owners.setdefault((group, pair), package)


def installed_extensions(data: Path) -> tuple[Extension, ...]:
    """Return installed packages that declare entry points for the appliance, by name. Imports none of them."""
    found: dict[str, Extension] = {}
    for folder in (*map(Path, filter(None, sys.path)), data / FOLDER):
        for file in _declaring(str(folder)):
            extension = _read(file, str(folder))
            if extension:
                found.setdefault(extension.package, extension)
    return tuple(found[name] for name in sorted(found)[:PACKAGES])


def _declaring(folder: str) -> tuple[Path, ...]:
    """Return the metadata files of the packages in a folder that declare an extension."""
    try:
        changed_ns = Path(folder).stat().st_mtime_ns
        if abs(time.time_ns() - changed_ns) < _SETTLED_NS:
            return _declaring_at.__wrapped__(folder, changed_ns)  # a package may still be being installed
        return _declaring_at(folder, changed_ns)
    except OSError:
        return ()


@lru_cache(maxsize=64)
def _declaring_at(folder: str, _mtime_ns: int) -> tuple[Path, ...]:
    """Find the packages in a folder that declare an extension. The folder's modification time changes when packages are
    added or removed."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.endswith("-info"))
    files = (Path(folder, name, "entry_points.txt") for name in names)
    return tuple(file for file in files if _MARK in _bytes_of(file))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _read(file: Path, folder: str) -> Extension | None:
    """Read a package from its entry points; None if it isn't an extension."""
    stem = file.parent.name.rpartition("-")[0] or file.parent.name
    named = _package_name(stem.partition("-")[0])
    from importlib.metadata import Distribution  # with the mail library: 2 MB, only if there is an extension

    try:
        return _describe(Distribution.at(file.parent), folder)
    except Exception as error:  # noqa: BLE001 - written by others: whatever is wrong with it, it is listed
        return Extension(named, UNNAMED, UNNAMED, "", (), folder, "metadata", _plain(str(error))[:SUMMARY_LETTERS])


def _describe(package: Distribution, folder: str) -> Extension | None:
    meta: Any = package.metadata
    provides = tuple(Provided(one.group, one.name, one.value) for one in package.entry_points if one.group in GROUPS)
    if not provides:
        return None
    name, version = _package_name(str(meta["Name"] or "")), _plain(str(meta["Version"] or ""))[:60]
    if not _PACKAGE.fullmatch(name) or not version:
        raise ValueError("METADATA has no name or version")
    why, detail = _fault(provides, str(meta["Keywords"] or ""))
    summary = _plain(str(meta["Summary"] or ""))[:SUMMARY_LETTERS]
    return Extension(name, version, _publisher(meta), summary, provides, folder, why, detail)


def _fault(provides: tuple[Provided, ...], keywords: str) -> tuple[Why, str]:
    """Return why a package can't be used, according to its metadata."""
    versions = [int(one) for one in _API_KEYWORD.findall(keywords)]
    if API not in versions:
        return "api", ", ".join(map(str, versions)) or UNNAMED
    for one in provides:
        if not _NAMES[one.group].fullmatch(one.name) or not _PLACE.fullmatch(one.place):
            return "metadata", f"{one.name} = {one.place}"
        if one.group == DRIVERS and one.pair[0] in CLOSED_ROLES:
            return "role", one.name
        if one.group == DRIVERS and one.pair[0] not in drivers.ROLES:
            return "metadata", one.name
        if one.pair in (drivers.DRIVERS if one.group == DRIVERS else _own_engines() if one.group == ENGINES else ()):
            return "taken", one.name
    return "", ""


def _own_engines() -> Mapping[tuple[str, str], str]:
    from models import registry as models  # only if a package adds an engine, to start the till sooner

    return models.ENGINES


def _package_name(text: str) -> str:
    """Normalise a package name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", text).lower()


def _publisher(meta: Any) -> str:
    """Return the author or maintainer; if an address is given, the name before it."""
    from email.utils import getaddresses

    for key in ("Author", "Maintainer"):
        if said := _plain(str(meta[key] or "")).strip():
            return said[:PUBLISHER_LETTERS]
        for name, address in getaddresses([str(meta[f"{key}-email"] or "")]):
            if said := _plain(name or address).strip():
                return said[:PUBLISHER_LETTERS]
    return UNNAMED


def _plain(text: str) -> str:
    """Remove line breaks and direction-changing characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def find_turned_on(ledger: Path) -> tuple[TurnedOn, ...]:
    """Return packages turned on by the owner, oldest first, read before the ledger is opened for writing. Empty for a
    new, older or damaged ledger; damage is reported when the ledger opens."""
    if not ledger.exists():
        return ()
    try:
        db = open_reader(ledger)
        try:
            rows = db.execute(
                "SELECT package, publisher, provides FROM extension ORDER BY since_us, package"
            ).fetchall()
        finally:
            db.close()
    except DatabaseError:
        return ()
    return tuple(TurnedOn(package, publisher, tuple(provides.split())) for package, publisher, provides in rows)


def use_extensions(ledger: Path) -> Extensions:
    """Make the drivers and engines of enabled packages available to configurations. Imports nothing yet."""
    used, installed = Extensions(), {one.package: one for one in installed_extensions(ledger.parent)}
    names: dict[tuple[str, str], str] = {}
    for turned in find_turned_on(ledger):
        found = installed.get(turned.package)
        for key in turned.provides:
            group, _, name = key.partition(":")
            used.note(group, Provided(group, name, "").pair, turned.package)
        if found is None:
            used.drop(turned.package, "gone")
        elif found.why:
            used.drop(found.package, found.why, found.detail)
        elif found.publisher != turned.publisher:
            used.drop(found.package, "publisher", found.publisher)
        elif other := next((names[at] for one in found.provides if (at := (one.group, one.name)) in names), ""):
            used.drop(found.package, "taken", other)
        else:
            used.on.append(found)
            names |= {(one.group, one.name): found.package for one in found.provides}
    for extension in installed.values():
        for one in extension.provides:
            used.note(one.group, one.pair, extension.package)
    _make_known(used)
    return used


def _make_known(used: Extensions) -> None:
    drivers.use_beside({pair: place for one in used.on for pair, place in one.places(DRIVERS).items()})
    engines = {pair: place for one in used.on for pair, place in one.places(ENGINES).items()}
    outside = [folder for folder in dict.fromkeys(one.folder for one in used.on) if folder not in sys.path]
    sys.path.extend(outside)  # last, so that a package can't replace a module
    lacking = used.packages_of(ENGINES, except_for=engines)
    if engines or lacking or "models.registry" in sys.modules:
        from models import registry as models  # see `_own_engines`

        models.use_beside(engines, dict.fromkeys(one.folder for one in used.on if one.places(ENGINES)), lacking)


def load_capabilities(used: Extensions) -> Iterator[tuple[Extension, Capability]]:
    """Import the capabilities of enabled packages. Unusable ones are skipped and recorded in `used`."""
    for extension in used.on:
        for one in extension.provides:
            if one.group == CAPABILITIES and (made := _capability(used, extension, one)):
                yield extension, made


def _capability(used: Extensions, extension: Extension, one: Provided) -> Capability | None:
    module, _, name = one.place.partition(":")
    try:
        home = importlib.import_module(module)
        made = getattr(home, name)
        if not isinstance(made, Capability):
            used.drop(extension.package, "broken", f"{one.place} is not a Capability")
        elif made.events or made.projectors or made.upcasters:
            used.drop(extension.package, "events", one.name)
        elif made.before or made.after or made.requirements or made.on_restore or made.personal_data_of:
            used.drop(extension.package, "hooks", one.name)
        elif any(spec.http for spec in made.commands) or any(spec.http for spec in made.queries):
            used.drop(extension.package, "hooks", "http=")
        else:
            _require_described(made)
            if home.__file__:
                add_package_words(extension.package, Path(home.__file__).parent / "words")
            return _guard_faults(made)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of another publisher
        used.drop(extension.package, "broken", f"{one.name}: {error!r}")
    return None


def _require_described(made: Capability) -> None:
    """Raise an error if the API can't describe one of a capability's commands or queries, which would otherwise fail at
    start."""
    kinds: list[Any] = [spec.command for spec in made.commands]
    for spec in made.queries:
        hints = get_type_hints(spec.read, include_extras=True)
        _, *asked = inspect.signature(spec.read).parameters
        if bare := [name for name in (*asked, "return") if name not in hints]:
            raise TypeError(f"{spec.name} has no types for: {', '.join(bare)}")
        kinds += [hints[name] for name in (*asked, "return")]
    msgspec.json.schema_components(kinds)


def _guard_faults(made: Capability) -> Capability:
    """Contain a third-party capability's errors. A part that can't be created fails when supervised, a failing gauge
    has no values, and a check reports its failure."""
    return msgspec.structs.replace(
        made,
        parts=tuple(PartSpec(one.name, partial(_LatePart, one.make)) for one in made.parts),
        gauges=tuple(msgspec.structs.replace(one, read=partial(_read_gauge, one)) for one in made.gauges),
        checks=tuple(partial(_run_check, made.name, check) for check in made.checks),
    )


class _LatePart:
    """A part that is created when it runs."""

    def __init__(self, make: Callable[[Any], Any], context: Any) -> None:
        self._make, self._context = make, context

    async def run(self, ready: Any) -> None:
        await self._make(self._context).run(ready)


def _read_gauge(gauge: Gauge, db: Any, registers: Sequence[str]) -> Mapping[Any, float]:
    try:
        return gauge.read(db, registers)
    except Exception as error:  # noqa: BLE001 - code of others
        _log.warning("a gauge of an extension can't be read", gauge=gauge.name, error=repr(error))
        return {}


def _run_check(name: str, check: Check, db: Any) -> list[CheckResult]:
    try:
        return list(check(db))
    except Exception as error:  # noqa: BLE001 - as above
        return [CheckResult(name, False, f"its check failed: {error!r}.", "See Extensions (/manager/extensions).")]
