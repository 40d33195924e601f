"""Calls, words and addresses that do not belong in the tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import ROOT, files, parsed, text_of

# A task of a TaskGroup ends with its block. Loose ones are made in one place, so that none is lost or left behind.
LOOSE = re.compile(r"(?:asyncio\.|loop(?:\(\))?\.|^)create_task|ensure_future")
LOOSE_WORDS = ("create_task", "ensure_future")
MAY_MAKE_TASKS = {
    "edge/core/process/parts.py",
    # cancelled and awaited by what starts them; these rooms cannot import edge.core
    "drivers/scanners/camera.py",
    "sim/printer/server.py",
    "sim/terminal/server.py",
    "sync/hub/api/serving.py",
    "sync/mqtt.py",
    "sync/hub/api/forgotten_api.py",  # who asks is answered before their address is looked up; ended with the API
}
MAY_SLEEP = {
    "tests/image_box/program.py",  # runs in a box, with the standard library alone
    "tests/image_box/sale.py",
    "tests/bench/slow_disk.py",  # a disk of known speed
}
# Folders that exist on one developer's machine only
OWN_FOLDERS = re.compile(r"(?<![\w./$-])/(?:work|root|home/[a-z]+)/[\w.]")


def calls(path: Path, pattern: re.Pattern[str], words: tuple[str, ...]) -> Iterator[str]:
    """`path:line` of every call whose function, as written, matches; a file without any of `words` has none."""
    for node in ast.walk(parsed(path)) if any(word in text_of(path) for word in words) else ():
        if isinstance(node, ast.Call) and pattern.search(ast.unparse(node.func)):
            yield f"{path}:{node.lineno}"


def test_only_the_supervisor_makes_tasks() -> None:
    sources = [path for path in files(".py") if path.parts[0] not in ("setup", "tests")]
    found = {place for path in sources if str(path) not in MAY_MAKE_TASKS for place in calls(path, LOOSE, LOOSE_WORDS)}
    assert not found, "start it as a part (edge/core/process/parts.py), or in a TaskGroup that ends with its block"


def test_no_test_sleeps() -> None:
    tests = (path for path in files(".py", under="tests") if str(path) not in MAY_SLEEP)
    found = {place for path in tests for place in calls(path, re.compile(r"time\.sleep$"), ("sleep",))}
    assert not found, "await a condition with a deadline"


NAMELESS = re.compile(r"INSERT (?:OR \w+ )?INTO \w+\s+(?:VALUES|SELECT)\b")


def test_rows_are_written_by_the_names_of_their_columns() -> None:
    """A migration that adds a column, or orders them otherwise, changes nothing that is written."""
    sources = [path for path in files(".py") if path.parts[0] in ("edge", "sync")]
    assert sum("INSERT" in text_of(path) for path in sources) > 40
    assert [str(path) for path in sources if NAMELESS.search(text_of(path))] == []


def test_lock_files_carry_no_address() -> None:
    locks = [path for path in files() if path.name.endswith((".lock", "-lock.json"))]
    assert len(locks) >= 4
    found = {str(path) for path in locks if "://" in text_of(path)}
    assert not found, "write them again with ./run lock"


def test_no_path_of_someones_machine() -> None:
    found = []
    for path in files():
        try:
            lines = text_of(path).splitlines()
        except UnicodeDecodeError:
            continue  # pictures, databases, sound
        if OWN_FOLDERS.search(text_of(path)):
            found += [f"{path}:{number}" for number, line in enumerate(lines, 1) if OWN_FOLDERS.search(line)]
    assert not found


def test_the_pattern_of_own_folders() -> None:
    slash = "/"
    assert OWN_FOLDERS.search(f"open('{slash}work/main')")
    assert OWN_FOLDERS.search(f"cd {slash}home/ann/shop")
    assert not OWN_FOLDERS.search(f"net{slash}work/x, ./root/x, /homework/x")


SAFE = re.compile(r"\{\{((?:(?!\}\}).)*?)\|\s*safe\b", re.S)
WRITTEN = re.compile(r"""^\s*\(?('[^']*'|"[^"]*"|fragment\([^|]*\))\s*$""")
DRAWN = frozenset({"listed", "log", "data", "list", "card", "figures"})
"""Values that are safe by how they were made: rendered templates, and JSON without a "<"."""


def test_nothing_that_somebody_typed_goes_into_a_page_unescaped() -> None:
    """`| safe` stands behind what is written in the template, a fragment, or what another template has escaped."""
    found = [
        f"{path.relative_to(ROOT)}: {inside.strip()}"
        for path in sorted((ROOT / "edge").rglob("*.html"))
        for inside in SAFE.findall(path.read_text())
        if not WRITTEN.match(inside) and inside.strip() not in DRAWN
    ]
    assert not found
