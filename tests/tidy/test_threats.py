"""docs/threats.md, access.md and payments.md name tests and files that are there: what nothing keeps is noticed."""

import re

from tests.tidy.tree import ROOT, functions

THREATS, RULES, CARDS = ((ROOT / "docs" / name).read_text() for name in ("threats.md", "access.md", "payments.md"))
PAGE = THREATS + RULES + CARDS
TEST = re.compile(r"`((?:\w+/)+test_\w+\.py)(?:::(test_\w+))?`")
PLACE = re.compile(r"`((?:edge|sync|systemd|models|setup|docs)/[\w/.-]+)`")


def test_every_test_that_it_names_is_there() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 200
    for file, name in named:
        path = ROOT / "tests" / file
        assert path.exists(), file
        assert not name or any(found.endswith(f"::{name}") for found, _ in functions(path.relative_to(ROOT))), name


def test_every_place_that_it_names_is_there() -> None:
    for place in PLACE.findall(PAGE):
        assert (ROOT / place).exists(), place


def test_every_rule_of_who_is_let_in_has_a_test() -> None:
    rules = [line for line in RULES.splitlines() if line.startswith("| ") and not line.startswith("| rule ")]
    assert len(rules) > 60
    assert [rule for rule in rules if not TEST.search(rule.split(" | ")[-1])] == []


def test_every_rule_of_cards_has_a_test() -> None:
    rules = [line for line in CARDS.splitlines() if line.startswith("| ") and not line.startswith("| rule ")]
    assert len(rules) > 35
    assert [rule for rule in rules if not TEST.search(rule.split(" | ")[-1])] == []
