"""Labels at shelves' edges: their bars are read off a picture, and name the facings above them."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from edge.analytics.shelf.labels import facings_of, join_lines
from edge.analytics.shelf.pages.label_api import read_texts
from edge.lib.sight.kinds import Facing, LabelStrip, ShelfLabel
from models.kinds import Line, ReadLines

pytest.importorskip("cv2", reason="missing: opencv")

MILK, TEA, BEER = "4006381333931", "3014260115531", "5000213101261"
ROWS = (0.5, 1.0)
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def shelf(labels: dict[tuple[int, float], str], size: tuple[int, int] = (2400, 1600)) -> bytes:
    """Two rows of grey goods, and labels (row, part of the width) with EAN-13 bars on their edges."""
    picture = Image.new("RGB", size, (120, 120, 120))
    pen = ImageDraw.Draw(picture)
    for (row, at), code in labels.items():
        barcode = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13)
        bars = Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=2))
        bars = bars.resize((bars.width, 50), Image.Resampling.NEAREST)
        left, top = round(at * size[0]) - 125, round(ROWS[row] * size[1]) - 66
        pen.rectangle((left, top, left + 250, top + 60), fill="white")
        picture.paste(bars, (left + 10, top + 5))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def facings(row: int, count: int) -> list[Facing]:
    wide = 1 / count
    return [Facing(f"r{row}f{at}", row, at * wide, 0.5 * row, (at + 1) * wide, 0.5 * row + 0.4) for at in range(count)]


def test_bars_are_read_off_the_edges_and_nothing_off_a_bare_one() -> None:
    from edge.lib.sight.labels import read
    from edge.lib.sight.pictures import decode

    found, strips = read(decode(shelf({(0, 0.1): MILK, (0, 0.6): TEA, (1, 0.35): BEER})), WHOLE, ROWS)
    assert [(one.row, one.text) for one in found] == [(0, MILK), (0, TEA), (1, BEER)]
    assert found[0].at == pytest.approx(0.1, abs=0.02) and [one.row for one in strips] == [0, 1]
    assert read(decode(shelf({})), WHOLE, ROWS)[0] == ()


def test_a_label_names_what_stands_from_it_on_until_the_next() -> None:
    labels = [(0, 0.06, "milk"), (0, 0.55, "tea"), (1, 0.5, "beer")]
    left = facings_of(labels, facings(0, 4) + facings(1, 4), "left")
    assert left == {
        **{f"r0f{at}": "milk" for at in (0, 1)},
        **{f"r0f{at}": "tea" for at in (2, 3)},
        **{f"r1f{at}": "beer" for at in (2, 3)},
    }, "before the first label nobody knows"
    right = facings_of([(0, 0.45, "milk"), (0, 0.95, "tea")], facings(0, 4), "right")
    assert right == {"r0f0": "milk", "r0f1": "milk", "r0f2": "tea", "r0f3": "tea"}


def test_lines_of_text_above_each_other_are_one_label() -> None:
    lines = [ShelfLabel(0, 0.10, "Whole milk 1 l"), ShelfLabel(0, 0.12, "1,20 €"), ShelfLabel(0, 0.6, MILK)]
    milk, code = join_lines(lines)
    assert (milk.words, milk.price, milk.code) == ("Whole milk", 120, "")
    assert (code.code, code.price) == (MILK, None)
    assert join_lines([]) == []


class PlayedReader:
    """Reads one line off every strip but the second, on which it fails."""

    def __init__(self, there: bool = True) -> None:
        self.there, self.asked = there, 0

    def has(self, kind: str, language: str = "") -> bool:
        return self.there and kind == "ocr"

    async def ask(self, request: Any, within_s: float) -> ReadLines:
        self.asked += 1
        if self.asked == 2:
            raise TimeoutError
        return ReadLines((Line("Milk 1.20", 0.9, ((40.0, 0.0), (60.0, 0.0), (60.0, 9.0), (40.0, 9.0))),), 100, 10)


def test_text_is_read_where_an_engine_does_and_never_waited_for_in_vain() -> None:
    strips = [LabelStrip(row, b"jpeg", 100) for row in range(3)]
    found = asyncio.run(read_texts(PlayedReader(), strips))
    assert found == [ShelfLabel(row, 0.5, "Milk 1.20") for row in (0, 2)]
    assert asyncio.run(read_texts(PlayedReader(there=False), strips)) is None
    assert asyncio.run(read_texts(None, strips)) is None
