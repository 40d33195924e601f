"""The till comes first by one class: nothing else times itself, but what a decision record names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.tree import ROOT, files, parsed, text_of

RECORD = ROOT / "docs" / "decisions" / "0020-who-times-itself.md"
HOME = ("edge/core/till_first.py", "edge/core/command_bus.py")
"""The class, and who holds it for all."""
LIMITS = {"BACKOFF_FACTOR", "PAUSE_LIMIT_S", "RENDER_GRACE_S", "RESTS_ELSEWHERE", "SCAN_GAP_S"}
WAITS = {"sleep", "wait", "timeout"}
WORKED = re.compile(r"(?i)work|took|spent|elapsed|_rest_s\b|began|started|cost")
MAY_WAIT = re.compile(r"TillFirst|core\.limits|\.backup\(|sleep\(|wait\(|timeout\(")
WORD = "A pause is reckoned from what was worked: ask TillFirst, or say in 0020 why not"


def self_timed(source: ast.AST) -> Iterator[str]:
    """What of a module does what `TillFirst` is for."""
    for node in ast.walk(source):
        if isinstance(node, ast.ImportFrom) and node.module == "edge.core.limits":
            yield from sorted(LIMITS & {one.name for one in node.names})
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("TillFirst", "backup"):
            paced = called == "TillFirst" or any(one.arg == "progress" for one in node.keywords)
            yield from [called] if paced else ()
        if called.lstrip("_") in WAITS and node.args and WORKED.search(ast.unparse(node.args[0])):
            yield ast.unparse(node)


def test_whoever_times_itself_is_named_with_its_reason() -> None:
    decided = RECORD.read_text().partition("**Decision.**")[2].partition("**Consequence.**")[0]
    named = set(re.findall(r"`((?:edge|models|drivers)/[^`]+)`", decided))
    everywhere = (path for folder in ("edge", "models", "drivers") for path in files(".py", under=folder))
    modules = [path for path in everywhere if MAY_WAIT.search(text_of(path))]
    found = {str(path): list(self_timed(parsed(path))) for path in modules if str(path) not in HOME}
    own = {path: what for path, what in found.items() if what}
    assert not {path: what for path, what in own.items() if path not in named}, WORD
    assert not [path for path in named if not (ROOT / Path(path)).exists()]
    assert len(named & own.keys()) >= 3, "what the record names is what is found"


def test_one_that_times_itself_is_found() -> None:
    for line in (
        "time.sleep(3 * worked_s)",
        "await asyncio.sleep(time.monotonic() - self._began_s)",
        "from edge.core.limits import BACKOFF_FACTOR",
        "pace = TillFirst(time.monotonic)",
        "source.backup(copied, pages=9, progress=rest)",
    ):
        assert list(self_timed(ast.parse(line if "await" not in line else f"async def f():\n    {line}"))), line
    assert not list(self_timed(ast.parse("time.sleep(LOOK_S)")))
