"""Summary of a product file: contents, prices, and what can't be imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import msgspec

from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.protocol import FileLook, LeftOutRows, MoneySum, MoveQuestion
from edge.backoffice.switching.reader_client import look_at
from edge.backoffice.switching.settings import SwitchingSettings
from edge.core.registry import JobIssue
from edge.goods.catalog.product import Product
from edge.goods.ingest.ipc import Began, CountFrame, Entries, EntryFrame, Frame, ReadRequest
from edge.goods.ingest.mapping.mapping import mapping_of
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.reader_client import FileReader

MONEY_CHOICES = ("price", "cost", "leave")
_SAMPLE = 100


def catalogue_mapping(settings: ImportSettings, file: MovedFile) -> str | None:
    """The mapping of a product file with the user's answers about columns; None: the default guess."""
    said = {
        id.removeprefix("money:"): field
        for id, field in file.answers.items()
        if id.startswith("money:") and field in ("price", "cost")
    }
    if not said:
        return None
    with closing(FileReader(ReadRequest(file.path, None, settings, sample=_SAMPLE))) as reader:
        began = reader.began(reader.frames())
    kept = {column: field for column, field in began.fields.items() if field not in said.values()}
    return mapping_of({**kept, **said})


def products_in(settings: ImportSettings, file: MovedFile) -> Iterator[Product]:
    """The products a file would import."""
    with closing(_reader(settings, file)) as reader:
        for frame in reader.frames():
            if isinstance(frame, Entries):
                yield from (entry.said.product for entry in frame.entries if entry.said)


def look_at_catalogue(settings: SwitchingSettings, file: MovedFile, now_us: int) -> FileLook:
    """A summary of a complete product file. Raises `EdgeError` if it's unreadable."""
    with closing(_reader(settings.imports, file)) as reader:
        frames = reader.frames()
        began = reader.began(frames)
        look = _Look(began)
        found = look.of(frames, file)
    fields = {field: heading for heading, field in began.fields.items() if field in ("price", "cost")}
    ask = msgspec.structs.replace(settings.question(file, "look", now_us), summed=tuple(fields.values()))
    whole = {one.heading: one.file_minor for one in look_at(ask).sums}
    sums = tuple(
        MoneySum(heading, whole[heading], look.taken[field], whole[heading] - look.taken[field])
        for field, heading in fields.items()
    )
    return msgspec.structs.replace(found, sums=sums)


def _reader(settings: ImportSettings, file: MovedFile) -> FileReader:
    return FileReader(ReadRequest(file.path, catalogue_mapping(settings, file), settings))


class _Look:
    """A catalogue during reading."""

    def __init__(self, began: Began) -> None:
        self._began = began
        self._counts: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self._values: dict[str, dict[str, str | int]] = {}
        self._superseded = b""
        self._lines = 0

    def of(self, frames: Iterator[Frame], file: MovedFile) -> FileLook:
        began = self._began
        for frame in frames:
            if isinstance(frame, CountFrame):
                self._lines, self._superseded = frame.rows, frame.superseded
            elif isinstance(frame, Entries):
                for entry in frame.entries:
                    self._take(entry)
        fields = {field: heading for heading, field in began.fields.items()}
        asked = [heading for heading in began.unread_money if f"money:{heading}" not in file.answers]
        return FileLook(
            "catalogue",
            *(system_of(began.header), began.what, began.header, self._lines),
            {name: count for name, count in self._counts.items() if count},
            fields,
            tuple(heading for heading in began.header if heading and heading not in began.fields),
            left=tuple(LeftOutRows(why, rows, 0, self._values.get(why, {})) for why, rows in self._left.items()),
            questions=tuple(MoveQuestion(f"money:{heading}", MONEY_CHOICES, heading=heading) for heading in asked),
        )

    def _leave(self, note: JobIssue) -> None:
        self._left[note.reason] += 1
        self._values.setdefault(note.reason, note.values)

    def _take(self, entry: EntryFrame) -> None:
        if entry.note is not None:
            self._leave(entry.note)
        if entry.said is None:
            return
        for note in entry.said.notes:
            self._leave(note)
        if self._superseded and self._superseded[entry.place // 8] >> entry.place % 8 & 1:
            self._left["repeated"] += 1
            return
        product, counts = entry.said.product, self._counts
        counts["products"] += 1
        counts["variants"] += product.variant_of is not None
        counts["options"] += bool(product.axes)
        counts["recipes"] += bool(product.parts)
        counts["with_code"] += bool(product.codes)
        counts["with_stock"] += entry.said.on_hand is not None
        counts["with_cost"] += product.cost_minor is not None
        counts["with_category"] += bool(product.category)
        for field in ("price", "cost"):
            self.taken[field] += getattr(product, f"{field}_minor") or 0
