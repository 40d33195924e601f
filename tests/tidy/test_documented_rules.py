"""Tables of the documentation name, for each rule, the tests that hold it: a rule that nothing holds is noticed.

A test is named as `tests/flow/test_x.py`: `test_a`, `test_b`, or as `flow/test_x.py::test_a`; by its name alone where
the page says of which file it is.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT, files, text_of

DOCS = sorted((ROOT / "docs").glob("*.md"))
HELD = {
    *("access", "alerts", "assistant", "counter", "fiscal-rules", "head-office", "insight", "orders", "payments"),
    *("shelf", "stock", "tried-by-hand"),
}
"""Pages of which each rule is held by tests, or says why none can be."""
FILE = re.compile(
    r"`(?:tests/)?((?:unit|flow|contract|browser|tidy|golden|migration)/[a-z0-9_/]+\.py)(?:::(test_\w+))?`"
)
BEHIND = re.compile(r"`(?:tests/)?([\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)")
NAME = re.compile(r"\btest_\w+(?=`)")
DEFINED = re.compile(r"def (\w+)\(")


@cache
def names_in(file: Path) -> frozenset[str]:
    return frozenset(DEFINED.findall(text_of(file)))


@cache
def names_anywhere() -> frozenset[str]:
    """All tests, and the modules that they are in."""
    found = [path for path in files(".py", under="tests") if path.name.startswith("test_")]
    return frozenset(path.stem for path in found).union(*map(names_in, found))


def has(file: str, name: str) -> bool:
    return name in names_in(Path("tests") / file)


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.stem)
def test_each_test_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text()
    for file, name in FILE.findall(text):
        assert (ROOT / "tests" / file).exists(), file
        assert not name or has(file, name), f"{file} has no {name}"
    for file, names in BEHIND.findall(text):
        for name in NAME.findall(names):
            assert has(file.removeprefix("tests/"), name), f"{file} has no {name}"
    for name in NAME.findall(text):
        assert name in names_anywhere(), name


@pytest.mark.parametrize("name", sorted(HELD))
def test_each_rule_of_a_page_is_held(name: str) -> None:
    lines = (ROOT / "docs" / f"{name}.md").read_text().splitlines()
    rows = [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("| ")
        and not below.startswith("|---")
        and not line.endswith("| |")  # heads, and groups of rows
    ]
    bare = [row[:100] for row in rows if "test_" not in row and "bench" not in row]
    assert len(rows) > 15
    assert bare == []


def test_the_rules_of_the_counter_are_all_there() -> None:
    numbers = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "counter.md").read_text(), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, 51))
