"""Photographs of printed codes: each result is right or missing, and one printed code gives one number."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from drivers.scanners.decoding.doubt import Strip, agreed_reading, one_each
from drivers.scanners.decoding.pictures import codes_in
from edge.lib.codes.gtin import normal

PHOTOGRAPHS = "shared/data/barcode_photos"
ROOT = Path(__file__).resolve().parents[3]
ONE, OTHER = "4006381333931", "5000213101261"


def photographs(kind: str) -> Iterable[tuple[Path, str]]:
    """Return a folder's pictures, each with its printed code."""
    for folder in (ROOT / PHOTOGRAPHS / kind, ROOT.parent / PHOTOGRAPHS / kind):
        if folder.is_dir():
            pictures = (path for path in sorted(folder.iterdir()) if path.suffix in (".png", ".jpg", ".gif"))
            return [(path, path.with_suffix(".txt").read_text().strip()) for path in pictures]
    pytest.skip(f"missing: {PHOTOGRAPHS}")


@pytest.mark.parametrize(("kind", "least"), [("ean13-3", 40), ("upca-2", 30), ("upce-2", 36), ("ean8-1", 7)])
def test_no_photograph_of_an_article_gives_another_ones_number(kind: str, least: int) -> None:
    right = 0
    for path, printed in photographs(kind):
        truth = normal(zxingcpp.read_barcode(_drawn(printed)).text) if kind == "upce-2" else normal(printed)
        found = {normal(code.data.decode()) for code in codes_in(path.read_bytes())}
        assert found <= {truth}, f"{kind}/{path.name}: {found} instead of {truth}"
        right += bool(found)
    assert right >= least


def test_a_strip_across_a_code_that_says_another_number_is_not_believed() -> None:
    """Glare or a fold can cause this: some rows of the bars read as another article with a valid check digit."""
    picture = Image.new("L", (700, 400), "white")
    picture.paste(_bars(ONE, 150), (100, 60))
    picture.paste(_bars(OTHER, 8), (100, 210))
    assert [code.data.decode() for code in codes_in(_png(picture))] == [ONE]


def test_two_articles_in_one_picture_are_two() -> None:
    picture = Image.new("L", (1500, 900), "white")
    for code, place in ((ONE, (60, 60)), (OTHER, (60, 620)), ("96385074", (800, 60))):
        picture.paste(_bars(code, 150), place)
    found = {code.data.decode() for code in codes_in(_png(picture))}
    assert found == {ONE, OTHER, "96385074"}, "also one above the other, of the same width"


def strip(data: bytes, top: float, bottom: float, left: float = 0, right: float = 100) -> Strip:
    return Strip(data, ((left, top), (right, top), (right, bottom), (left, bottom)))


def test_of_reads_along_the_same_bars_the_one_with_more_lines_wins() -> None:
    most, few = strip(b"a", 10, 50), strip(b"b", 52, 55, 3, 98)
    assert one_each([few, most]) == [most]
    assert one_each([most, strip(b"a", 52, 60)]) == [most, strip(b"a", 52, 60)], "the same number twice is no quarrel"
    apart = (strip(b"b", 160, 200), strip(b"b", 10, 50, 150, 250), strip(b"b", 10, 50, 40, 140))
    for other in apart:
        assert one_each([most, other]) == [most, other]
    turned = [Strip(s.data, tuple((-y, x) for x, y in s.corners)) for s in (few, most)]  # type: ignore[arg-type]
    assert one_each(turned) == [turned[1]]


def test_a_second_look_that_disagrees_needs_a_third() -> None:
    assert agreed_reading(b"a", [lambda: [b"a"]]) == b"a"
    assert agreed_reading(b"a", [lambda: [b"b"], lambda: [b"b"]]) == b"b"
    assert agreed_reading(b"a", [lambda: [b"b"], lambda: [b"c"]]) is None
    assert agreed_reading(b"a", [lambda: [], lambda: []]) is None


def _bars(code: str, height: int) -> Image.Image:
    return _drawn(code).resize((500 if len(code) > 8 else 350, height), Image.Resampling.NEAREST)


def _drawn(code: str) -> Image.Image:
    kinds = {13: zxingcpp.BarcodeFormat.EAN13, 8: zxingcpp.BarcodeFormat.EAN8}
    kind = zxingcpp.BarcodeFormat.UPCE if code.startswith("0") and len(code) == 8 else kinds[len(code)]
    drawn = zxingcpp.create_barcode(code, kind).to_image(scale=4, add_quiet_zones=True)
    return Image.fromarray(drawn)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
