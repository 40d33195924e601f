"""docs/counter.md and docs/tried-by-hand.md name tests that are there: a rule that nothing holds is noticed."""

import re

from tests.tidy.tree import ROOT

RULE = re.compile(r"^\| (\d+) \| .+ \| (.+) \|$", re.MULTILINE)
PLACE = re.compile(r"`(tests/[\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)")


def test_each_rule_is_held_by_tests_that_are_there() -> None:
    rules = RULE.findall((ROOT / "docs" / "counter.md").read_text())
    assert [int(number) for number, _ in rules] == list(range(1, 51))
    _all_there(rules)


def test_what_was_found_by_hands_is_held_by_tests_that_are_there() -> None:
    rows = re.findall(
        r"^\| ([\w, ]+) \| .+ \| (`.+) \|$", (ROOT / "docs" / "tried-by-hand.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 10
    _all_there(rows)


def _all_there(rows: list[tuple[str, str]]) -> None:
    for number, held in rows:
        places = PLACE.findall(held)
        assert places, number
        for file, names in places:
            text = (ROOT / file).read_text()
            for name in re.findall(r"test_\w+", names):
                assert f"def {name}(" in text, f"{number}: {file} has no {name}"
