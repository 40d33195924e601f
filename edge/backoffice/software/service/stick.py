"""Releases on an attached USB stick, for a shop with a slow or no internet link: list them, and copy one to the inbox.
They must meet the same conditions as releases from head office."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.backoffice.software.service.fetching import Unfit, keep, require_fit
from edge.backoffice.software.service.update_files import UpdatePlaces, open_own, read, write
from sync.releases import PIECE_BYTES, Release, SignedRelease

ROOTS = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where systems mount removable media."""
DEPTH = 3
"""Folder levels to search below these: the user, the stick, a folder on it."""
FOLDERS_MOST = 200
RELEASES_MOST = 20
OFFLINE_ROOM_TIMES = 3
"""Free space required, in multiples of the packages' size: they're unpacked and installed."""
_NAMED = "edge-store-*.json"


class StickRelease(msgspec.Struct, frozen=True):
    """A release on a stick: its file, and the reason this box can't install it, a text key of `[software]` ("": it
    can)."""

    version: str
    digest: str
    notes: str
    file: Path
    fault: str


def releases_on_sticks(places: UpdatePlaces, own: str, roots: Sequence[Path] = ()) -> list[StickRelease]:
    """Releases found, newest first, 20 at most; invalid ones are left out. Call it in a thread, as USB sticks
    are slow."""
    seen = [one for file in _words(roots or ROOTS) if (one := _looked_at(places, own, file))]
    newest = {one.version: one for one in sorted(seen, key=lambda one: not one.fault)}  # valid ones last, as they win
    return sorted(newest.values(), key=lambda one: [int(part) for part in one.version.split(".")], reverse=True)


def bring(places: UpdatePlaces, version: str, digest: str, own: str, roots: Sequence[Path] = ()) -> None:
    """Copy a release to the inbox, resuming a partial copy. Raises `Unfit` if it isn't for this box or is no longer
    there."""
    found = next((one for one in releases_on_sticks(places, own, roots) if one.version == version), None)
    if found is None:
        raise Unfit("no_stick")
    if found.digest != digest:
        raise Unfit("unsigned")
    if found.fault:
        raise Unfit(found.fault)
    signed = read(found.file.with_suffix("").with_suffix(".json"), SignedRelease)
    if signed is None:
        raise Unfit("no_stick")
    places.inbox.mkdir(mode=0o700, exist_ok=True)
    write(places.said_of(version), signed)
    part = places.inbox / f"{version}.part"
    try:
        _copy(found.file, part, signed.release)
    except OSError as error:
        raise Unfit("no_stick") from error
    _bring_offline(places, found.file, signed.release.version)
    keep(places, signed.release, part)


def _bring_offline(places: UpdatePlaces, file: Path, version: str) -> None:
    """Copy the packages next to a release, so that it needs no internet. Raises `Unfit` if there is no space, or the
    stick was removed."""
    source, target = file.with_name(f"edge-store-{version}-offline.tar"), places.offline_of(version)
    try:
        with open_own(source) as stick:
            size_bytes = os.fstat(stick.fileno()).st_size
            if target.exists() and target.stat().st_size == size_bytes:
                return
            if shutil.disk_usage(places.inbox).free < OFFLINE_ROOM_TIMES * size_bytes:
                raise Unfit("no_room")
            part = target.with_suffix(".part")
            with part.open("wb") as held:
                shutil.copyfileobj(stick, held, PIECE_BYTES)
            part.replace(target)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unfit("no_stick") from error


def _copy(file: Path, part: Path, release: Release) -> None:
    with open_own(file) as stick, part.open("ab") as held:
        whole = held.tell() // PIECE_BYTES if held.tell() < release.size_bytes else 0
        held.truncate(whole * PIECE_BYTES)
        stick.seek(whole * PIECE_BYTES)
        for _ in range(whole, release.pieces):
            held.write(stick.read(PIECE_BYTES))


def _looked_at(places: UpdatePlaces, own: str, said: Path) -> StickRelease | None:
    signed = read(said, SignedRelease)
    if signed is None:
        return None
    with suppress(msgspec.MsgspecError):
        release, file = signed.release, said.with_suffix(".tar.gz")
        fault = _fault(places, own, signed, file)
        return StickRelease(release.version, release.digest, release.notes, file, fault)
    return None


def _fault(places: UpdatePlaces, own: str, signed: SignedRelease, file: Path) -> str:
    keys = places.trusted_keys()
    if not keys:
        return "no_key"
    if not signed.is_signed_by(keys):
        return "unsigned"
    try:
        with open_own(file) as opened:
            size_bytes = os.fstat(opened.fileno()).st_size
        require_fit(places.inbox, signed.release, own)
    except OSError:
        return "no_stick"
    except Unfit as error:
        return str(error)
    return "" if size_bytes == signed.release.size_bytes else "damaged"


def _words(roots: Sequence[Path]) -> Iterator[Path]:
    """The manifests of releases below these folders; links aren't followed."""
    waiting, looked, told = [(root, 0) for root in roots], 0, 0
    while waiting and looked < FOLDERS_MOST:
        folder, depth = waiting.pop(0)
        looked += 1
        with suppress(OSError):
            for file in sorted(folder.glob(_NAMED))[: RELEASES_MOST - told]:
                told += 1
                yield file
            if depth < DEPTH:
                below = (one for one in os.scandir(folder) if one.is_dir(follow_symlinks=False))
                waiting += [(Path(one.path), depth + 1) for one in below]
