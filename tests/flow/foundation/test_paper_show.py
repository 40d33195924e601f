"""`edge paper show`: any file that was meant for a printer, as text and as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from edge.__main__ import main
from tests.golden.keeping import FOLDER

STREAMS = sorted((Path(__file__).parents[4] / "shared/data/escpos/escpos-php").glob("*.bin"))


def test_a_receipt_as_text_and_as_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "out.png"
    assert main(["paper", "show", str(FOLDER / "sale-en-tm-t88v.bin"), "-o", str(picture)]) == 0
    assert "Milk 3% 1 l" in capsys.readouterr().out
    assert Image.open(picture).width == 640
    assert main(["paper", "show", str(FOLDER / "sale-en-pos-5890.bin"), "--profile", "58T", "-o", str(picture)]) == 0
    assert Image.open(picture).width == 448


def test_what_is_not_understood_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "odd.bin"
    file.write_bytes(b"before\n\x1cz after\n")
    assert main(["paper", "show", str(file)]) == 1
    assert "(not recognised: FS z)" in capsys.readouterr().out


def test_what_cannot_be_shown_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paper", "show", str(tmp_path / "none.bin")]) == 1
    assert "none.bin can't be read" in capsys.readouterr().err
    assert main(["paper", "show", str(FOLDER / "sale-en-tm-t88v.bin"), "--profile", "abacus"]) == 1
    assert "Profile 'abacus' not found" in capsys.readouterr().err


@pytest.mark.parametrize("stream", STREAMS or [pytest.param(None, marks=pytest.mark.skip("no streams in ../shared"))])
def test_streams_of_real_drivers(stream: Path, tmp_path: Path) -> None:
    """Of escpos-php (MIT), where they lie beside the project."""
    assert main(["paper", "show", str(stream), "-o", str(tmp_path / "out.png")]) == 0
    assert (tmp_path / "out.png").exists()
