"""docs/tree.md and the floors' lists say what the folders say of themselves; the glossary is what pages link to."""

import re
from pathlib import Path

import pytest

from edge.lib.floors import FLOORS
from setup import tree
from tests.tidy.tree import ROOT, files

WORDS = ROOT / "docs" / "words.md"
ANCHOR = re.compile(r'^\| <a id="([a-z-]+)"></a>\*\*([a-z ]+)\*\* \| [^|]+ \| [^|]+ \|$', re.MULTILINE)
TO_WORDS = re.compile(r"words\.md#([a-z-]+)")


def test_the_tree_is_what_the_folders_say() -> None:
    stale = [str(path) for path, text in tree.files_to_write() if (ROOT / path).read_text() != text]
    assert not stale, "run ./run tree"


@pytest.mark.parametrize("floor", ["core", "lib", "runtime", "web", "operations", *FLOORS])
def test_each_folder_says_in_its_first_line_what_it_is(floor: str) -> None:
    folder = ROOT / "edge" / floor
    silent = [path for path in (folder, *tree.subfolders(folder)) if not tree.first_line(path)]
    assert not silent, "`# NAME: what it is` in its README, or the first line of its __init__.py"


def test_the_glossary_is_short_and_in_order() -> None:
    text = WORDS.read_text()
    terms = [term for _, term in ANCHOR.findall(text)]
    assert len(terms) == sum(line.startswith("| ") for line in text.splitlines()) - 1, "term, usual term, meaning"
    assert len(terms) <= 40 and terms == sorted(terms)
    assert all(anchor == term.replace(" ", "-") for anchor, term in ANCHOR.findall(text))


def test_links_into_the_glossary_find_their_term() -> None:
    anchors = {anchor for anchor, _ in ANCHOR.findall(WORDS.read_text())}
    linked = {path: TO_WORDS.findall((ROOT / path).read_text()) for path in files(".md")}
    assert not [(path, term) for path, terms in linked.items() for term in terms if term not in anchors]
    for page in ("architecture", "first-change"):
        terms = linked[Path("docs", f"{page}.md")]
        assert len(terms) > 4 and len(terms) == len(set(terms)), "the first use of a term links to it"
