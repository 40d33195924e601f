"""The other end of `file_reader.py`: what a file is, read by a process of its own, and an archive's files."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO

from edge.backoffice.switching.protocol import (
    READER,
    ArchivePart,
    CardRows,
    CustomerRows,
    FileLook,
    FileQuestion,
    LookAnswer,
    ReaderAnswer,
    SoldRows,
    UnreadFile,
)
from edge.core.process.work_process import WorkProcess
from edge.goods.ingest.import_folders import NAME_CHARS, new_place
from edge.lib.errors import NeedsHuman

Rows = CustomerRows | CardRows | SoldRows


class MoveReader:
    """Reads one file. Close it, whatever happens."""

    def __init__(self, ask: FileQuestion) -> None:
        self._work = WorkProcess(READER, ask, ReaderAnswer, died="sheet.reader_died")

    def answers(self) -> Iterator[LookAnswer | Rows | ArchivePart]:
        """What it says. `NeedsHuman`: the file cannot be taken."""
        for answer in self._work.answers():
            if isinstance(answer, UnreadFile):
                raise NeedsHuman(answer.what, "", answer.key, answer.values)
            yield answer

    def stop(self) -> None:
        """Give up, from any thread."""
        self._work.stop()

    def close(self) -> None:
        self._work.close()


def look_at(ask: FileQuestion) -> FileLook:
    """How a file is understood. `NeedsHuman`: it cannot be read."""
    with closing(MoveReader(ask)) as reader:
        for answer in reader.answers():
            if isinstance(answer, LookAnswer):
                return answer.look
    raise NeedsHuman(f"{Path(ask.path).name} can't be read.", "", "sheet.empty", {"file": Path(ask.path).name})


def unpack(ask: FileQuestion, data: Path) -> list[Path]:
    """Where the files of an archive are now, each among those that were brought; none, where it is no archive."""
    found: list[Path] = []
    with closing(MoveReader(ask)) as reader, ExitStack() as opened:
        file: IO[bytes] | None = None
        for answer in reader.answers():
            assert isinstance(answer, ArchivePart)
            if answer.name:
                found.append(new_place(data, _safe(answer.name)))
                file = opened.enter_context(found[-1].open("xb"))
            assert file is not None
            file.write(base64.b64decode(answer.data))
    return found


def _safe(name: str) -> str:
    plain = "".join(char if char.isalnum() or char in "._-() " else "_" for char in name).strip(". ")
    return plain[-NAME_CHARS:] or "file"
