"""`edge shelf`: a picture by a planogram, and a folder of labelled pictures."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("cv2", reason="missing: opencv")

from PIL import Image, ImageDraw

from edge.__main__ import main
from sim.shelves.scene import Bay, Place, draw, jpeg
from tests.bench.shelf_bays import layout_of

BAY = Bay(((Place(1), Place(2), Place(3)),) * 3, seed=3, width=640, height=360)


def test_a_picture_is_looked_at_by_its_planogram(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, bay in (("full", BAY), ("bare", BAY.all("gap")), ("now", BAY.with_places({(0, 1): Place(2, "gap")}))):
        (tmp_path / f"{name}.jpg").write_bytes(jpeg(draw(bay)))
    plan = {"layout": msgspec.to_builtins(layout_of(BAY)), "full": "full", "bare": "bare", "name": "Dairy"}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    command = ["shelf", "look", str(tmp_path / "now.jpg"), "--planogram", str(tmp_path / "plan.json")]
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["facings"] if one["state"] == "gap"] == ["r0f1"]
    assert main(command) == 0
    assert "working" in capsys.readouterr().out
    (tmp_path / "none.jpg").write_bytes(b"%PDF-1.7")
    assert main(["shelf", "look", str(tmp_path / "none.jpg")]) != 0
    assert "PDF" in capsys.readouterr().err


def test_a_folder_of_labelled_pictures_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Boxes with a pattern, between which a dark void was left."""
    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
    for number in range(4):
        picture = Image.new("RGB", (640, 480), (180, 180, 180))
        pen = ImageDraw.Draw(picture)
        for at in range(0, 640, 8):
            pen.rectangle((at, 0, at + 3, 480), fill=(40 + at % 200, 200 - at % 120, 90))
        pen.rectangle((200 + 20 * number, 150, 330 + 20 * number, 330), fill=(22, 22, 24))
        picture.save(tmp_path / "images" / f"{number}.png")
        middle = (265 + 20 * number) / 640
        (tmp_path / "labels" / f"{number}.txt").write_text(f"0 {middle} 0.5 {130 / 640} {180 / 480}\n")
    assert main(["shelf", "bench", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pictures"], told["voids"], told["f1"]) == (2, 2, 1.0)
    assert main(["shelf", "bench", str(tmp_path / "images")]) != 0
