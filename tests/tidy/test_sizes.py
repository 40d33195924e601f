"""Files and functions stay small enough to be read in one go. What is over the limit may shrink, never grow."""

import pytest

from tests.tidy.tree import files, functions, text_of

FILE_LINES = 400
FUNCTION_LINES = 60
DUMPS = "tests/migration/release_*.sql"
"""Made by a command, and as long as the tables are many."""
# name -> lines it may have at most, until somebody takes it apart; nothing is added here
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}


def test_files_are_short() -> None:
    written = [path for path in files(".py", ".sql", ".sh") if not path.match(DUMPS)]
    sizes = {str(path): len(text_of(path).splitlines()) for path in written}
    _check(sizes, FILE_LINES, LONG_FILES)


def test_functions_are_short() -> None:
    sizes: dict[str, int] = {}
    for path in files(".py"):
        for name, lines in functions(path):
            sizes[name] = max(lines, sizes.get(name, 0))
    _check(sizes, FUNCTION_LINES, LONG_FUNCTIONS)


def _check(sizes: dict[str, int], limit: int, ratchet: dict[str, int]) -> None:
    too_long = {name: size for name, size in sizes.items() if size > ratchet.get(name, limit)}
    assert not too_long, f"over {limit} lines: take these apart"
    slack = {name: sizes.get(name, 0) for name, allowed in ratchet.items() if sizes.get(name, 0) < allowed}
    assert not slack, "these became shorter: lower their number in the ratchet, or take them out of it"


def test_the_ratchet_notices_growth_and_slack() -> None:
    with pytest.raises(AssertionError, match="take these apart"):
        _check({"a": 5}, 4, {})
    with pytest.raises(AssertionError, match="became shorter"):
        _check({"a": 5}, 4, {"a": 6})
    _check({"a": 5, "b": 4}, 4, {"a": 5})
