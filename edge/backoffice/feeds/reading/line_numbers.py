"""Lines of a record, which are numbered fields. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.backoffice.feeds.connector import EntityType
from edge.backoffice.feeds.reading.layout import LINE_FIELDS, LINES_MOST
from edge.backoffice.feeds.reading.record_cells import RecordCells


def line_numbers(cells: RecordCells, entity: EntityType, needed: bool = True) -> Sequence[int]:
    """The numbers of lines that contain data, in order. `needed`: at least one is required."""
    fields = LINE_FIELDS[entity]
    found = (field.partition(".") for field in cells.fields)
    numbers = {int(number or 1) for field, _, number in found if field in fields and (not number or number.isdecimal())}
    numbers = {one for one in numbers if any(cells.text(field_at(cells, field, one)) for field in fields)}
    if needed and not numbers:
        cells.note(fields[0], "missing_key")
    if len(numbers) > LINES_MOST:
        cells.note(fields[0], "too_many_lines", limit=LINES_MOST)
        return ()
    return sorted(numbers)


def field_at(cells: RecordCells, field: str, number: int) -> str:
    """The name of a line's field. In a manually corrected record, the first line may have no number."""
    return field if number == 1 and f"{field}.1" not in cells.fields else f"{field}.{number}"
