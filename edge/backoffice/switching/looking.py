"""Examines uploaded files before an import; archives are opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.backoffice.switching.catalogue_file import look_at_catalogue
from edge.backoffice.switching.moved import KINDS, FileKind, MovedFile
from edge.backoffice.switching.protocol import BUILT_IN, LEAVE, FileLook, Mode, MoveQuestion, ShopChoices
from edge.backoffice.switching.reader_client import look_at, look_inside
from edge.backoffice.switching.settings import SwitchingSettings
from edge.lib.errors import EdgeError

Values = dict[str, str | int]


class FoundFile(msgspec.Struct, frozen=True):
    """A file with its summary, or the reason it can't be read, a text key with `values`."""

    path: str
    name: str
    kind: FileKind = "unknown"
    answers: dict[str, str] = {}
    stamp: str = ""
    look: FileLook | None = None
    why: str = ""
    values: Values = {}


def look_at_brought(
    settings: SwitchingSettings, data: Path, file: MovedFile, now_us: int, choices: ShopChoices = BUILT_IN
) -> list[FoundFile]:
    """Examine an uploaded file. An archive gives one result per file, and a workbook one per sheet with a table."""
    return _look_inside(settings, data, file, "look_inside", now_us, choices)


def _look_inside(
    settings: SwitchingSettings, data: Path, file: MovedFile, mode: Mode, now_us: int, choices: ShopChoices
) -> list[FoundFile]:
    try:
        inside = look_inside(settings.question(file, mode, now_us, choices), data)
    except EdgeError as error:
        return [_unreadable(file, error)]
    if isinstance(inside, FileLook):
        return [_as_found(settings, file, lambda: inside, choices)]
    parts = (MovedFile(str(path), "unknown") for path in inside)
    sheets = (_look_inside(settings, data, part, "look_at_sheets", now_us, choices) for part in parts)
    return [found for some in sheets for found in some]


def look_at_file(
    settings: SwitchingSettings, file: MovedFile, now_us: int, choices: ShopChoices = BUILT_IN
) -> FoundFile:
    """Examine a single file, for a shop with these choices."""
    said = file.answers.get("kind", "")
    kind: FileKind = next((one for one in KINDS if one == said), file.kind)
    file = msgspec.structs.replace(file, kind=kind)
    ask = settings.question(file, "look", now_us, choices)
    return _as_found(settings, file, lambda: look_at(ask), choices)


def _as_found(
    settings: SwitchingSettings, file: MovedFile, examine: Callable[[], FileLook], choices: ShopChoices
) -> FoundFile:
    try:
        settings.check_stamp(file)
        stamp = settings.stamp(file.path)
        look = examine() if file.kind != "catalogue" else None
        if look is None or look.kind == "catalogue":
            look = look_at_catalogue(settings, msgspec.structs.replace(file, kind="catalogue"), choices)
    except EdgeError as error:
        return _unreadable(file, error)
    if look.kind == "unknown":
        kinds = tuple(one for one in KINDS if one != "unknown")
        look = msgspec.structs.replace(look, questions=(MoveQuestion("kind", (*kinds, LEAVE)),))
    return FoundFile(file.path, Path(file.path).name, look.kind, file.answers, stamp, look)


def _unreadable(file: MovedFile, error: EdgeError) -> FoundFile:
    return FoundFile(file.path, Path(file.path).name, answers=file.answers, why=error.key, values=dict(error.values))
