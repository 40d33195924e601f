"""What CI relies on: longest files first, coverage where it is wanted, and a list of tests that fail by chance."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.scheduling import (
    HERE,
    LONGEST,
    ROOT,
    Quarantined,
    each_by_day,
    longest_first,
    quarantined,
    seconds,
)

WANTED = """
from pathlib import Path
import pytest
from tests import scheduling
scheduling.ROOT = Path(__file__).parent
def pytest_addoption(parser):
    parser.addoption("--measure", action="append", default=[])
@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    with scheduling.measured(item, item.config.getoption("--measure")):
        return (yield)
"""
TEST = "import pytest, {module}\n{mark}\ndef test_it():\n    {module}.ran()\n"
MODULE = "def ran():\n    return 1\n"


class Item:
    """A test as far as its place is asked for."""

    def __init__(self, file: str, name: str, slow: bool = False) -> None:
        self.path, self.name, self.slow = ROOT / file, name, slow

    def get_closest_marker(self, name: str) -> object:
        return self.slow or None


def test_what_takes_longest_begins_first_and_files_stay_whole() -> None:
    items = [
        *(Item("tests/a.py", "1"), Item("tests/a.py", "2")),
        *(Item("tests/b.py", "1"), Item("tests/b.py", "2")),
        *(Item("tests/c.py", "1"), Item("tests/c.py", "2", slow=True)),
        *(Item("tests/d.py", "1"), Item("tests/e.py", "1")),
    ]
    longest_first(items, {"tests/b.py": 20.0, "tests/d.py": 30.0})  # type: ignore[arg-type]
    assert [f"{item.path.stem}{item.name}" for item in items] == ["c1", "c2", "d1", "b1", "b2", "a1", "a2", "e1"]


def test_a_push_tries_each_of_both_and_a_night_the_other_pairs() -> None:
    pairs = each_by_day(["en", "fr", "he"], range(4))
    by_day = [pair.values for pair in pairs if not pair.marks]
    assert by_day == [("en", 0), ("en", 3), ("fr", 1), ("he", 2)]
    assert len(pairs) == 12 and all(mark.name == "nightly" for pair in pairs for mark in pair.marks)


def test_each_file_of_the_list_is_there() -> None:
    recorded = seconds(LONGEST.read_text())
    assert recorded and not [path for path in recorded if not (ROOT / path).exists()]


def test_the_list_of_those_that_fail_by_chance_is_read() -> None:
    text = '[[test]]\nname = "tests/x.py::test_y"\ncause = "none is known"\nsince = 2026-11-23\n'
    assert quarantined(text) == [Quarantined("tests/x.py::test_y", "none is known", date(2026, 11, 23))]
    for one in quarantined((HERE / "quarantine.toml").read_text()):
        file, _, name = one.name.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), one.name
        assert one.cause


@pytest.mark.parametrize(("folders", "reached"), [((), {"a", "b", "c"}), (("wanted",), {"a"})])
def test_coverage_is_measured_where_it_is_wanted(tmp_path: Path, folders: tuple[str, ...], reached: set[str]) -> None:
    """Module `b` is run by a test of another folder, `c` by one that is marked slow."""
    for folder, module, mark in (("wanted", "a", ""), ("other", "b", ""), ("wanted", "c", "@pytest.mark.slow")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / f"{module}.py").write_text(MODULE)
        (tmp_path / folder / f"test_{module}.py").write_text(TEST.format(module=module, mark=mark))
    (tmp_path / "conftest.py").write_text(WANTED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: x\npythonpath = .\n")
    (tmp_path / ".coveragerc").write_text("[run]\nsource = .\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
    coverage = [sys.executable, "-m", "coverage"]
    asked = [f"--measure={folder}" for folder in folders]
    for words in (["run", "-m", "pytest", "-p", "no:cacheprovider", *asked], ["json", "-o", "reached.json"]):
        more = {"PYTHONPATH": str(ROOT)}
        done = subprocess.run([*coverage, *words], cwd=tmp_path, env=env | more, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    files = json.loads((tmp_path / "reached.json").read_text())["files"]
    assert {name for name in "abc" if 2 in files[f"{name}.py"]["executed_lines"]} == reached
