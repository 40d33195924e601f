"""The files of the project as they lie on the disk, for the checks of this folder. Works without git."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What .gitignore leaves out, by the name of the folder
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
            if not endings or name.endswith(endings):
                yield (Path(folder) / name).relative_to(ROOT)


def packages() -> list[Path]:
    """Top-level packages of the product, relative to the root."""
    found = (path.parent for path in ROOT.glob("*/__init__.py"))
    return sorted(path.relative_to(ROOT) for path in found if path.name not in ("setup", "tests"))


def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """`path::name` and the number of lines of every function, nested ones included."""
    for node in _statements(parsed(path)):
        if isinstance(node, Function):
            yield f"{path}::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Of a module or a statement, nested ones included; expressions, most of a tree, are left out."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(node, block, ()):
            yield inner
            yield from _statements(inner)
