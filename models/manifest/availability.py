"""Whether a model is present: its files, library and program."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

from models.manifest import Entry
from models.registry import ENGINES, Engines, bring, check_options, engine_class
from models.runtime import Absent
from models.runtime.worker_host import Plan
from models.worker import cpu_priority

_READ_BYTES = 1024 * 1024
_MOST_NAMED = 3
_MOST_THREADS = 4
"""Maximum useful threads: more don't speed up inference on a small box, and others need the processors too."""


def find(entry: Entry, folder: Path, threads: int = 0, engines: Engines = ENGINES) -> Plan | Absent:
    """Return a plan to run a model, or its missing parts. `folder`: the shop's models.

    Raises `registry.BadOptions` for an unknown engine or option.
    """
    engine = engine_class(entry.kind, entry.engine, engines)
    check_options(engine, entry.options)
    if engine.LIBRARY and importlib.util.find_spec(engine.LIBRARY) is None:
        return _uninstalled_library(entry, engine.LIBRARY)
    place = place_of(entry, folder)
    if entry.program and shutil.which(entry.program) is None:
        return _absent_package(entry, entry.program)
    if entry.files and place is None:
        return _absent_package(entry, entry.debian) if entry.debian else _lacking(entry, folder)
    return Plan(
        entry.name,
        entry.kind,
        engines[entry.kind, entry.engine],
        entry.memory_mb,
        entry.options,
        str(place) if place else None,
        tuple(str(place / file) for file in entry.files) if place else (),
        entry.languages,
        entry.threads or threads or usual_threads(),
    )


def usual_threads() -> int:
    """Return the usual number of threads: up to the useful maximum, leaving processors for others."""
    return min(_MOST_THREADS, spare_processors())


def spare_processors() -> int:
    """Return the number of processors that all workers share while the till is in use.

    A worker with more threads would only wait.
    """
    return len(cpu_priority.worker_cpus())


def place_of(entry: Entry, folder: Path) -> Path | None:
    """Return the folder that has all of a model's files; None if there is none.

    The shop's folder comes first, then the package's, then, for absolute files, the system's.
    """
    system = Path("/") if entry.files and all(file.startswith("/") for file in entry.files) else None
    for place in (folder / entry.name, package_folder(entry.package), system):
        if place and place.is_dir() and all((place / file).exists() for file in entry.files):
            return place
    return None


def package_folder(package: str) -> Path | None:
    """A package's folder, without importing it."""
    spec = importlib.util.find_spec(package) if package else None
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def damaged_files(entry: Entry, place: Path) -> Iterator[str]:
    """A model's files that don't match their checksum. Reads all of them."""
    for file, sha256 in entry.files.items():
        if sha256 and sha256_of(place / file) != sha256:
            yield file


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while data := source.read(_READ_BYTES):
            digest.update(data)
    return digest.hexdigest()


def _lacking(entry: Entry, folder: Path) -> Absent:
    """Report that some or all of the files are missing, or are one folder too deep, as after unpacking by hand."""
    place = folder / entry.name
    missing = [file for file in entry.files if not (place / file).exists()]
    files = ", ".join(missing[:_MOST_NAMED])
    if deeper := _deeper(entry, place):
        what, advice = f"{entry.name} is one folder too deep.", f"Move the contents of {deeper} up to {place}."
        return _absent(entry, "deeper", what, advice, str(place), lies=str(deeper))
    part = len(missing) < len(entry.files)
    what = f"{entry.name} is {'here in part' if part else 'not here'}."
    why = "part" if part else "fetch" if entry.address else "files"
    advice = f"Put {files} into {place}"
    advice += f", or run: edge models fetch {entry.name}" if entry.address else ""
    return _absent(entry, why, what, f"{advice}.", str(place), lies=files)


def _deeper(entry: Entry, place: Path) -> Path | None:
    folders = sorted(one for one in place.iterdir() if one.is_dir()) if place.is_dir() else ()
    return next((one for one in folders if all((one / file).exists() for file in entry.files)), None)


def _absent_package(entry: Entry, thing: str) -> Absent:
    """A missing program from a Debian package."""
    advice = f"Install it: apt-get install {entry.debian or entry.program}"
    return _absent(entry, "program", f"{thing} is not installed.", advice, thing)


def _uninstalled_library(entry: Entry, library: str) -> Absent:
    command = bring(library)
    return _absent(entry, "library", f"{library} is not installed.", f"Run: {command}", library, command)


def _absent(entry: Entry, why: str, what: str, advice: str, thing: str, command: str = "", lies: str = "") -> Absent:
    keys = {"why": why, "name": entry.name, "kind": entry.kind, "thing": thing, "lies": lies}
    keys |= {"package": entry.debian or entry.program, "command": command}
    return Absent(entry.name, entry.kind, entry.languages, what, advice, keys)
