"""Client of `file_reader.py`: reads files and archives in a separate process."""

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
    StockRows,
    UnreadFile,
)
from edge.core.process.work_process import WorkProcess
from edge.goods.ingest.import_folders import NAME_CHARS, new_place
from edge.lib.errors import NeedsHuman

Rows = CustomerRows | CardRows | StockRows | SoldRows


class MoveReader:
    """Reads one file. Always close it."""

    def __init__(self, ask: FileQuestion) -> None:
        self._work = WorkProcess(READER, ask, ReaderAnswer, died="sheet.reader_died", urgent=ask.mode != "rows")

    def answers(self) -> Iterator[LookAnswer | Rows | ArchivePart]:
        """The answers. Raises `NeedsHuman` if the file can't be imported."""
        for answer in self._work.answers():
            if isinstance(answer, UnreadFile):
                raise NeedsHuman(answer.what, "", answer.key, answer.values)
            yield answer

    def stop(self) -> None:
        """Stop reading, from any thread."""
        self._work.stop()

    def close(self) -> None:
        self._work.close()


def look_at(ask: FileQuestion) -> FileLook:
    """A summary of a file. Raises `NeedsHuman` if it's unreadable."""
    with closing(MoveReader(ask)) as reader:
        for answer in reader.answers():
            if isinstance(answer, LookAnswer):
                return answer.look
    raise NeedsHuman(f"{Path(ask.path).name} can't be read.", "", "sheet.empty", {"file": Path(ask.path).name})


def look_inside(ask: FileQuestion, data: Path) -> FileLook | list[Path]:
    """A summary of a file; for an archive, the paths of its files, unpacked among the uploads."""
    found: list[Path] = []
    with closing(MoveReader(ask)) as reader, ExitStack() as opened:
        file: IO[bytes] | None = None
        for answer in reader.answers():
            if isinstance(answer, LookAnswer):
                return answer.look
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
