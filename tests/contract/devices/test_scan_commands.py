"""`edge scan parse` and `edge scan image` as a person uses them, with real photographs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from edge.__main__ import main
from edge.app.cli.barcode_images import decode, open_picture
from edge.lib.codes.code import SCAN_LIMIT
from edge.lib.codes.gtin import expand_upce
from edge.lib.codes.rules import CodeRules

PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "barcode_photos"
ARTICLES = ("ean13-3", "ean8-1", "rss14-1", "upca-2", "upce-2")
"""Folders whose expected results are article numbers; in other folders they are texts."""
GTIN = "04006381333931"
FIELDS = {"symbology", "gtin", "elements", "lot", "expiry", "serial", "weight_g", "price_minor", "kind"}
seeded = random.Random(7)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def parsed(capsys: pytest.CaptureFixture[str], folder: Path, data: bytes, *options: str) -> list[dict[str, Any]]:
    """Return what `edge scan parse` prints for a file, without any configuration."""
    (folder / "scans").write_bytes(data)
    config = ("--config", str(folder / "config.toml"))
    assert main([*config, "scan", "parse", *options, str(folder / "scans")]) == 0
    return objects(capsys.readouterr().out)


def test_one_object_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = [f"]d201{GTIN}17270131\x1d10L7\x1d21S9", "4006381333931", "]E0400638133393", "", "R/1-000042"]
    label, plain, half, nothing, own = parsed(capsys, tmp_path, "\r\n".join(lines).encode())
    assert set(label) >= FIELDS
    assert (label["symbology"], label["kind"], label["gtin"]) == ("gs1-datamatrix", "product", GTIN)
    assert label["elements"] == {"01": GTIN, "17": "270131", "10": "L7", "21": "S9"}
    assert (label["lot"], label["expiry"], label["serial"]) == ("L7", "2027-01-31", "S9")
    assert (plain["gtin"], plain["weight_g"], plain["price_minor"]) == (GTIN, None, None)
    assert (half["error"]["code"], half["error"]["where"]) == ("code_half", 15)
    assert half["error"]["what"] == "Only part of the code was read. Scan again."
    assert nothing["error"]["code"] == "code_missing"
    assert (own["kind"], own["key"]) == ("receipt", "1-000042")


@pytest.mark.parametrize("gs", ["^", "{GS}", "\\x1d"])
def test_gs_as_it_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path, gs: str) -> None:
    text = f"{gs}01{GTIN}10L7{gs}21S9\n]d201{GTIN}10L8{gs}21S8\n01{GTIN}10L9\x1d21S7"
    found = parsed(capsys, tmp_path, text.encode(), "--gs", gs)
    assert [(code["lot"], code["serial"]) for code in found] == [("L7", "S9"), ("L8", "S8"), ("L9", "S7")]


def test_a_country_and_what_the_scanner_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (weighed,) = parsed(capsys, tmp_path, b"2312345612502", "--country", "se")
    assert (weighed["kind"], weighed["weight_g"]) == ("weighed", 1250)
    (upce,) = parsed(capsys, tmp_path, b"05096893", "--symbology", "UPC-E")
    assert upce["gtin"] == (expand_upce("05096893") or "").zfill(14)
    (strict,) = parsed(capsys, tmp_path, b"(10)L7", "--strict")
    assert strict["error"]["code"] == "code_needs"


def test_the_shops_own_rules_hold(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store = '[store]\nid = "x"\nheader = ["X"]\ncurrency = "JPY"\n'
    codes = '[codes]\ncountry = "se"\nprefixes.order = ["B-"]\n'
    (tmp_path / "config.toml").write_text(store + codes)
    weighed, order, price = parsed(capsys, tmp_path, f"2312345612502\nB-7\n(01){GTIN}(3920)299".encode())
    assert (weighed["weight_g"], order["kind"], price["price_minor"]) == (1250, "order", 299)


def test_a_country_a_kind_of_code_and_a_file_that_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "parse", "--country", "xx", "-"]) == 1
    assert "Available countries: ca," in capsys.readouterr().err
    assert main(["scan", "parse", "--symbology", "ean14", "-"]) == 1
    assert "Code type 'ean14' isn't supported. Available: ean13," in capsys.readouterr().err
    assert main(["scan", "parse", "no-such-file"]) == 1
    assert "no-such-file can't be read" in capsys.readouterr().err


def test_standard_input_and_a_line_without_end() -> None:
    scans = b"4006381333931\n" + b"1" * 1_000_000 + b"\n]Q1\xff\xfe\n4006381333931"
    command = [sys.executable, "-m", "edge", "--config", "no-such-file", "scan", "parse"]
    done = subprocess.run(command, input=scans, capture_output=True, check=True, timeout=60)
    first, long, latin, last = objects(done.stdout.decode())
    assert first["gtin"] == last["gtin"] == GTIN
    assert (long["error"]["code"], long["error"]["where"]) == ("code_too_long", SCAN_LIMIT)
    assert latin["kind"] == "unknown"


# ---- photographs -------------------------------------------------------------------------------


def seen(capsys: pytest.CaptureFixture[str], *files: Path, status: int = 0) -> dict[str, list[dict[str, Any]]]:
    """Return what `edge scan image` prints, by file."""
    assert main(["--config", "no-such-file", "scan", "image", *map(str, files)]) == status
    found: dict[str, list[dict[str, Any]]] = {str(file): [] for file in files}
    for code in objects(capsys.readouterr().out):
        found[code["file"]].append(code)
    return found


def truth(file: Path) -> str:
    text = file.with_suffix(".txt").read_text(encoding="utf-8", errors="replace").strip()
    if file.parent.name not in ARTICLES:
        return text
    return (expand_upce(text) or text if file.parent.name == "upce-2" else text).zfill(14)


def folders() -> Iterator[Any]:
    if not PHOTOS.exists():
        yield pytest.param("", 0, marks=pytest.mark.skip(reason="missing: ../shared/data/barcode_photos"))
        return
    for folder, rows in json.loads((PHOTOS / "zxing_reference_rates.json").read_text()).items():
        yield pytest.param(folder, int(rows[0][1]), id=folder)


@pytest.mark.parametrize(("folder", "required"), list(folders()))
def test_photographs_are_read_as_often_as_zxing_asks_and_never_wrongly(
    capsys: pytest.CaptureFixture[str], folder: str, required: int
) -> None:
    files = sorted((PHOTOS / folder).glob("*.png"))
    says = "gtin" if folder in ARTICLES else "text"
    read = 0
    for name, codes in seen(capsys, *files).items():
        right = truth(Path(name))
        assert {code[says].strip() for code in codes} <= {right}, name
        read += bool(codes)
    assert read >= required


@pytest.fixture
def label(tmp_path: Path) -> Path:
    """A drawn EAN-13 in the lower right of a sheet."""
    made = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    sheet = Image.new("L", (900, 700), 255)
    sheet.paste(Image.fromarray(made.to_image(scale=3)), (500, 400))
    sheet.save(tmp_path / "sheet.png")
    return tmp_path / "sheet.png"


def test_where_a_code_is(capsys: pytest.CaptureFixture[str], label: Path) -> None:
    (code,) = seen(capsys, label)[str(label)]
    assert set(code) == {"file", "symbology", "text", "gtin", "position"}
    assert (code["symbology"], code["text"], code["gtin"]) == ("ean13", "4006381333931", GTIN)
    assert len(code["position"]) == 4
    assert all(500 <= x <= 900 and 400 <= y <= 700 for x, y in code["position"])


def test_a_few_lines_that_say_another_article_are_not_believed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A fold or glare can cause this. Camera drivers have the same protection (drivers/scanners/decoding/doubt.py)."""
    sheet = Image.new("L", (700, 400), 255)
    for code, top, bottom in (("4006381333931", 60, 210), ("5000213101261", 210, 218)):
        bars = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13)
        sheet.paste(
            Image.fromarray(bars.to_image(scale=3)).resize((330, 150)).crop((0, 0, 330, bottom - top)), (100, top)
        )
    sheet.save(tmp_path / "fold.png")
    [codes] = seen(capsys, tmp_path / "fold.png").values()
    assert [code["text"] for code in codes] == ["4006381333931"]


def test_what_is_read_is_bound_by_work_and_not_by_a_clock(label: Path) -> None:
    """A slanted code is found by rotating the picture, however busy the machine is."""
    aslant = open_picture(label).rotate(33, expand=True, fillcolor=255)
    assert decode(aslant, CodeRules(), most_pixels=aslant.width * aslant.height) == []
    assert [found.gtin for found in decode(aslant, CodeRules())] == [GTIN]


def test_a_picture_without_a_code_gives_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    noise = Image.frombytes("L", (320, 240), seeded.randbytes(320 * 240))
    stripes = Image.new("L", (320, 240), 255)
    draw = ImageDraw.Draw(stripes)
    for x in range(0, 320, 7):
        draw.line((x, 0, x, 240), fill=0, width=3)
    draw.text((20, 20), "4006381333931 no code", fill=0)
    for name, picture in (("noise", noise), ("stripes", stripes), ("white", Image.new("L", (320, 240), 255))):
        picture.save(tmp_path / f"{name}.png")
    found = seen(capsys, *sorted(tmp_path.glob("*.png")))
    assert all(codes == [] for codes in found.values()), found


def test_an_invalid_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path, label: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    whole = label.read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    Image.new("1", (12_000, 12_000)).save(tmp_path / "huge.png")
    names = [tmp_path / name for name in ("text.png", "half.png", "huge.png", "none.png")]
    found = seen(capsys, *names, label, status=1)
    said = [found[str(name)][0]["error"]["what"] for name in names]
    assert said[0] == "It isn't an image."
    assert said[1].startswith("It can't be read: ")
    assert said[2] == "It has more than 80 million pixels."
    assert said[3] == "It can't be read: No such file or directory."
    assert found[str(label)][0]["gtin"] == GTIN
