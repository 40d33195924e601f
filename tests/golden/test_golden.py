"""Papers come out as they were when someone last looked at them: byte by byte, and dot by dot."""

from __future__ import annotations

import pytest

from tests.golden.papers import Golden, goldens

pytest.importorskip("pylopdf_fonts_he", reason="the pictures were made with its letters")

from tests.golden.keeping import FOLDER, made, papers, same_picture

RENEW = "python -m tests.golden makes them anew; look at each picture that changed"
ALL = list(goldens())


@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.name)
def test_bytes_and_picture_are_as_they_were(golden: Golden) -> None:
    data = made(golden)
    drawn = papers(golden, data)
    assert drawn.unknown == ()
    (drawing,) = drawn.drawings
    assert drawing.clear_of_knife
    assert data == (FOLDER / f"{golden.name}.bin").read_bytes(), RENEW
    assert same_picture(drawing.png, (FOLDER / f"{golden.name}.png").read_bytes()), RENEW


def test_nothing_else_is_kept() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {golden.name for golden in ALL}


def test_the_same_document_always_gives_the_same_bytes() -> None:
    assert made(ALL[0]) == made(ALL[0])
