"""docs/threats.md names tests and files that are there: a promise that nothing keeps is noticed."""

import re

from tests.tidy.tree import ROOT, functions

PAGE = (ROOT / "docs" / "threats.md").read_text()
TEST = re.compile(r"`((?:\w+/)+test_\w+\.py)(?:::(test_\w+))?`")
PLACE = re.compile(r"`((?:edge|sync|systemd|models|setup|docs)/[\w/.-]+)`")


def test_every_test_that_it_names_is_there() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 40
    for file, name in named:
        path = ROOT / "tests" / file
        assert path.exists(), file
        assert not name or any(found.endswith(f"::{name}") for found, _ in functions(path.relative_to(ROOT))), name


def test_every_place_that_it_names_is_there() -> None:
    for place in PLACE.findall(PAGE):
        assert (ROOT / place).exists(), place
