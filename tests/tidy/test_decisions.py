"""Why the house is built as it is can be looked up: numbered records, all alike, that name what there is."""

import re
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
PART = r"\n\n\*\*{}\.\*\* [^\n]+(?:\n[^\n]+)*"
SHAPE = re.compile(r"# (\d{4})\. (.+)" + "".join(map(PART.format, ("Context", "Decision", "Consequence"))) + r"\n")
PATH = re.compile(r"`((?:docs|drivers|edge|models|setup|sim|sync|tests)(?:/[\w.-]+)+)`")
LINES = 16
"""A record is read in a minute; what needs more is a document that it names."""


def test_they_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_its_three_parts_and_is_listed(path: Path) -> None:
    text = path.read_text()
    shaped = SHAPE.fullmatch(text)
    assert shaped, "a title with its number; then Context, Decision, Consequence, a paragraph each"
    assert shaped[1] == path.name[:4]
    assert len(text.splitlines()) <= LINES
    assert f"| [{shaped[1]}]({path.name}) | {shaped[2]} |" in (FOLDER / "README.md").read_text()


def test_what_they_name_is_there() -> None:
    named = {(path.name, name) for path in RECORDS for name in PATH.findall(path.read_text())}
    assert len(named) > 10
    assert not [(record, name) for record, name in sorted(named) if not (ROOT / name).exists()]
