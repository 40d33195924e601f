"""Download a release from head office in parts, resuming where it stopped."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from edge.backoffice.software.head_office_messages import ROOM, ReleaseAnswer, ReleasePart, answer_of, encode
from edge.backoffice.software.service.update_files import UpdatePlaces, trusted_release, write
from edge.runtime.head_office import HeadOffice
from sync.releases import PIECE_BYTES, Release, digest_of, order_of

ANSWER_S = 20.0
"""Time limit for head office to send a piece."""
ROOM_TIMES, LEDGER_TIMES = 3, 5
"""Required free disk space, in multiples of a release's size, as it's unpacked next to the running one, and of the
ledger's, as it's kept and tried on a copy (`edge upgrade --prepare`)."""


class Unfit(Exception):
    """This box can't install a release. The reason is a text key of `[software]`."""


async def fetch(places: UpdatePlaces, office: HeadOffice, version: str, digest: str, own: str) -> bool:
    """Download a release. Returns whether it's complete. Raises `Unfit` if the release isn't for this box."""
    places.inbox.mkdir(mode=0o700, exist_ok=True)
    answer = await _ask_office(office, ReleasePart(version, 0))
    if answer is None:
        return False
    if answer.release is None:
        raise Unfit("unknown")
    write(places.said_of(version), answer.release)
    signed = trusted_release(places, version)
    if signed is None or signed.release.digest != digest:
        raise Unfit("unsigned")
    release = signed.release
    require_fit(places.inbox, release, own)
    part = places.inbox / f"{version}.part"
    if not await _pieces(office, release, part):
        return False
    await asyncio.to_thread(keep, places, release, part)
    return True


def keep(places: UpdatePlaces, release: Release, part: Path) -> None:
    """Turn a complete download into the release's file. Raises `Unfit` and deletes the download if its digest
    is wrong."""
    if digest_of(part) != release.digest:
        part.unlink()
        raise Unfit("damaged")
    part.replace(places.file_of(release.version))


async def is_held(office: HeadOffice, version: str, digest: str) -> bool | None:
    """Whether head office has this exact release; None if it doesn't answer. Head office never has a release newer than
    itself."""
    answer = await _ask_office(office, ReleasePart(version, 0))
    if answer is None:
        return None
    return answer.release is not None and answer.release.release.digest == digest


def require_fit(folder: Path, release: Release, own: str) -> None:
    """Raise `Unfit` if the release isn't newer than the running version, skips a required one, or doesn't fit on the
    disk."""
    if order_of(release.version) <= order_of(own):
        raise Unfit("older")
    if release.least and order_of(own) < order_of(release.least):
        raise Unfit("too_far")
    with_room = folder if folder.is_dir() else folder.parent
    if shutil.disk_usage(with_room).free < ROOM_TIMES * release.size_bytes + LEDGER_TIMES * _ledger_bytes(folder):
        raise Unfit("no_room")


def _ledger_bytes(folder: Path) -> int:
    ledger = folder.parent / "ledger.db"
    return ledger.stat().st_size if ledger.exists() else 0


async def has_turn(office: HeadOffice, version: str) -> bool:
    """Whether no other box of the store is installing now or did so tonight. False if head office can't be reached."""
    answer = await _ask_office(office, ReleasePart(version, 0, turn=True))
    return answer is not None and answer.turn


async def _pieces(office: HeadOffice, release: Release, part: Path) -> bool:
    """Download the missing pieces. Returns whether the file is complete."""
    with part.open("ab") as file:
        file.truncate(file.tell() // PIECE_BYTES * PIECE_BYTES if file.tell() < release.size_bytes else 0)
        for n in range(file.tell() // PIECE_BYTES + 1, release.pieces + 1):
            answer = await _ask_office(office, ReleasePart(release.version, n))
            if answer is None or not answer.data:
                return False
            await asyncio.to_thread(file.write, answer.data)
    return True


async def _ask_office(office: HeadOffice, part: ReleasePart) -> ReleaseAnswer | None:
    body = await office.ask(ROOM, encode(part), ANSWER_S)
    return answer_of(body) if body else None
