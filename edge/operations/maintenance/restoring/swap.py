"""Puts a prepared ledger in place of the data folder's, moving the old one aside.

The prepared files first move to a separate folder, and then the mark `restoring` gets the plan. From then on, the
swap is completed at the next start, after a power cut at any moment; before, nothing has changed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from edge.core.journal import epochs
from edge.core.people import wrapping_keys
from edge.core.people.wrapping_keys import Wrappings
from edge.core.storage.atomic_write import sync_folder
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state import restore_gap, restore_request, waiting_rows
from edge.runtime.backup_state.restore_gap import MissingFacts
from edge.runtime.backup_state.restore_request import RestoreOutcome
from edge.runtime.backup_state.waiting_rows import AsideFacts
from edge.runtime.config import Config

READY = "restored"
"""Folder in the data folder with the prepared ledger."""


class Notes(msgspec.Struct, frozen=True):
    """Records to make with a swap.

    Rows that only the old ledger has (`left`), and those that only head office has (`lacking`; unchanged unless
    `asked`); a folder whose waiting rows the new ledger has; the keys of personal data (None: unchanged); and the
    result of a requested restore, which ends the request.
    """

    left: AsideFacts | None = None
    lacking: MissingFacts | None = None
    asked: bool = False
    settled: str = ""
    wrappings: Wrappings | None = None
    outcome: RestoreOutcome | None = None


NOTHING = Notes()


class SwapPlan(msgspec.Struct, frozen=True):
    """The content of the mark: the name of the old ledger's folder ("": none), the new ledger's files, and notes."""

    aside: str
    parts: tuple[str, ...]
    notes: Notes = NOTHING


def put_in_place(config: Config, fresh: Path, at_us: int, notes: Notes = NOTHING) -> Path | None:
    """Move the ledger in the folder `fresh` to the data folder. Returns the old ledger's new folder, or None.

    The caller has the data folder's lock. Raises `OSError` without any change before the plan is written.
    """
    folder = config.folder
    ready = folder / READY
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir(mode=0o700)
    parts = tuple(name for name in epochs.PARTS if (fresh / name).exists())
    for name in parts:
        _make_durable(fresh / name)
        (fresh / name).replace(ready / name)
    sync_folder(ready)
    old = any((folder / name).exists() for name in epochs.PARTS)
    aside = _free_name(folder, at_us) if old else ""
    outcome = notes.outcome and msgspec.structs.replace(notes.outcome, aside=aside)
    plan = SwapPlan(aside, parts, msgspec.structs.replace(notes, outcome=outcome))
    epochs.set_restore_marker(folder, msgspec.json.encode(plan))
    complete(folder)
    return folder / aside if aside else None


def complete(folder: Path) -> None:
    """Complete a swap that a power cut interrupted. Raises `NeedsHuman` if its plan is unreadable.

    An empty mark is of a change in place, which its own command completes.
    """
    try:
        written = (folder / epochs.MARK).read_bytes()
    except FileNotFoundError:
        shutil.rmtree(folder / READY, ignore_errors=True)  # prepared, but the power went before the plan was written
        return
    if not written:
        return
    try:
        plan = msgspec.json.decode(written, type=SwapPlan)
    except msgspec.MsgspecError as error:
        raise NeedsHuman(
            f"{folder / epochs.MARK} can't be read: {error}.", "Restore again: edge restore --newest --replace"
        ) from error
    _move_old(folder, plan)
    for name in plan.parts:
        if (folder / READY / name).exists():
            (folder / READY / name).replace(folder / name)
    sync_folder(folder)
    _record(folder, plan)
    epochs.clear_restore_marker(folder)
    shutil.rmtree(folder / READY, ignore_errors=True)


def _move_old(folder: Path, plan: SwapPlan) -> None:
    """Move the old ledger's files aside. While a new file is still in `READY`, the one in its place is old."""
    if not plan.aside:
        return
    aside = folder / plan.aside
    aside.mkdir(exist_ok=True, mode=0o700)
    for name in epochs.PARTS:
        is_new = name in plan.parts and not (folder / READY / name).exists()
        if (folder / name).exists() and not is_new:
            (folder / name).replace(aside / name)
    sync_folder(aside)
    sync_folder(folder)  # before new files take these names


def _record(folder: Path, plan: SwapPlan) -> None:
    notes = plan.notes
    waiting_rows.note(folder, notes.left, folder / plan.aside if plan.aside else None)
    if notes.settled:
        waiting_rows.forget(folder, notes.settled)
    if notes.asked:
        restore_gap.note(folder, notes.lacking)
    if notes.wrappings:
        wrapping_keys.put(folder, notes.wrappings)
    if notes.outcome:
        restore_request.end(folder, notes.outcome)


def _free_name(folder: Path, at_us: int) -> str:
    """An unused name for the old ledger's folder; two restores may fall into one second."""
    second = at_us // 1_000_000
    while (folder / f"aside-{second}").exists():
        second += 1
    return f"aside-{second}"


def _make_durable(path: Path) -> None:
    """Write a file, or all files in a folder, to the disk."""
    if path.is_dir():
        for inside in path.iterdir():
            _make_durable(inside)
        sync_folder(path)
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
