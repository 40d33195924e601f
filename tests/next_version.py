"""The next version of this software, made up: a copy of this one with a table and a projection more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from edge import __version__
from edge.core.storage.migrate import newest

ROOT = Path(__file__).parents[1]
PACKAGES = ("edge", "drivers", "sync", "twin", "models")
MARK = "CREATE TABLE next_mark (id INTEGER PRIMARY KEY) STRICT;\n"
MAJOR, MINOR, _ = __version__.split(".")
NEXT = f"{MAJOR}.{int(MINOR) + 1}.0"
CHANGED = {
    "edge/__init__.py": (f'__version__ = "{__version__}"', f'__version__ = "{NEXT}"'),
    "edge/counter/till/project.py": ('name="receipts",\n    version=', 'name="receipts",\n    version=1'),
}


def next_version(place: Path) -> dict[str, str]:
    """The next version in a folder of its own; the environment in which it runs."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, after) in CHANGED.items():
        text = (place / name).read_text()
        assert before in text, name
        (place / name).write_text(text.replace(before, after))
    (place / f"edge/core/migrations/{newest() + 1:04d}_next.sql").write_text(MARK)
    with (place / "edge/foundation/printing/tables.sql").open("a") as tables:
        tables.write(MARK)
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}  # not what lies where the tests run
