"""`./run tree`: write docs/tree.md, and the list of capabilities in each floor's README, from the folders.

A folder describes itself in its README's first line (`# loyalty: points, stamps, tiers and rewards`) or, without a
README, in the first line of its `__init__.py`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from edge.lib.floors import FLOORS
from setup.step import ROOT

PAGE = Path("docs/tree.md")
GROUPS = (
    ("edge", "The appliance", ("edge/app", "edge/operations", *(f"edge/{floor}" for floor in reversed(FLOORS)))),
    ("edge", "What the floors stand on", ("edge/runtime", "edge/web", "edge/core", "edge/lib")),
    ("", "Beside the appliance", ("drivers", "models", "sandbox", "sync", "twin", "sim")),
    ("", "Building, running and checking it", ("setup", "systemd", "tests", "docs")),
)
"""The sections of the page. Each has the parent folder omitted in the drawing, a heading, and folders from top to
bottom."""
HEAD = """# The folders

Each line is the first line of that folder's README or package. `./run tree` writes this page, and
`tests/tidy/test_tree.py` compares it with the folders. [Architecture](architecture.md) says how they work together.
"""
LEFT_OUT = {"words", "pages", "static", "templates", "papers", "__pycache__", "service", "golden"}
"""Folders whose names explain themselves."""
LISTED = re.compile(r"^    (\w+)/ +.*\n", re.MULTILINE)


def first_line(folder: Path) -> str:
    """Return a folder's description of itself; "" if it has none."""
    if (readme := folder / "README.md").exists():
        _, _, said = readme.read_text().partition("\n")[0].partition(": ")
        return said.strip()
    module = folder / "__init__.py"
    doc = ast.get_docstring(ast.parse(module.read_text())) if module.exists() else None
    said = (doc or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")
    return said[:1].lower() + said[1:] if said[1:2].islower() or said.startswith("A ") else said


def subfolders(folder: Path) -> list[Path]:
    """Return a folder's packages and documented folders, by name."""
    inner = (path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in LEFT_OUT)
    return [path for path in inner if (path / "README.md").exists() or (path / "__init__.py").exists()]


def page(root: Path = ROOT) -> str:
    """Return the text of docs/tree.md."""
    parts = [HEAD]
    for within, title, folders in GROUPS:
        parts.append(f"\n## {title}\n")
        for name in folders:
            folder = root / name
            said = first_line(folder)
            parts.append(f"\n**[{name.removeprefix(within + '/')}](../{name})**" + (f": {said}\n" if said else "\n"))
            rows = [(path.name + "/", first_line(path)) for path in _in_readme_order(folder)]
            width = max((len(inner) for inner, said in rows if said), default=0) + 2
            lines = [f"    {inner:{width}}{said}\n" for inner, said in rows if said]
            parts += ["\n", *lines] if lines else []
    return "".join(parts)


def floor_readme(folder: Path) -> str:
    """Return a floor's README with its list of capabilities as they describe themselves."""
    text = (folder / "README.md").read_text()
    inner = _in_readme_order(folder)
    width = max(len(path.name) for path in inner) + 3
    lines = "".join(f"    {path.name + '/':{width}}{first_line(path)}\n" for path in inner)
    at = min(match.start() for match in LISTED.finditer(text))
    return text[:at] + lines + LISTED.sub("", text[at:])


def _in_readme_order(folder: Path) -> list[Path]:
    """Return a floor's capabilities in the order of its README, new ones last. In other folders, sort by name."""
    inner = subfolders(folder)
    if folder.name not in FLOORS:
        return inner  # sorted by name
    listed = LISTED.findall((folder / "README.md").read_text())
    return sorted(inner, key=lambda path: listed.index(path.name) if path.name in listed else len(listed))


def files_to_write(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Yield each file to write, relative to the root, with its new content."""
    yield PAGE, page(root)
    for floor in FLOORS:
        yield Path("edge", floor, "README.md"), floor_readme(root / "edge" / floor)


def main() -> int:
    for path, text in files_to_write():
        (ROOT / path).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
