"""The files of the project as they lie on the disk, for the checks of this folder. Works without git."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What .gitignore leaves out, by its name
LEFT_OUT = {
    *(".git", ".venv", ".local", "node_modules", "vendor", "data", "build", "dist", "__pycache__"),
    *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*endings: str, under: str = ".") -> Iterator[Path]:
    """Paths relative to the root, sorted; without `endings`, every file."""
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not name.endswith(".egg-info"))
        for name in sorted(names):
            if name not in LEFT_OUT and (not endings or name.endswith(endings)):  # `.git` is a file in a worktree
                yield (Path(folder) / name).relative_to(ROOT)


def packages() -> list[Path]:
    """Top-level packages of the product, relative to the root."""
    found = (path.parent for path in ROOT.glob("*/__init__.py"))
    return sorted(path.relative_to(ROOT) for path in found if path.name not in ("setup", "tests"))


def parsed(path: Path) -> ast.Module:
    """Its tree, which is large: what all of them say is kept by whoever asks, not the trees."""
    return ast.parse(text_of(path), filename=str(path))


@cache
def text_of(path: Path) -> str:
    """What is written in a file of the project; read once by all checks of a process."""
    return (ROOT / path).read_text()


@cache
def functions(path: Path) -> tuple[tuple[str, int], ...]:
    """`path::name` and the number of lines of every function, nested ones included."""
    found = (node for node in _statements(parsed(path)) if isinstance(node, Function))
    return tuple((f"{path}::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1) for node in found)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Of a module or a statement, nested ones included; expressions, most of a tree, are left out."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, block, ()):
            yield inner
            yield from _statements(inner)
