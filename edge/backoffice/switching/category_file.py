"""Categories in another system's file, each as its path from the top. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from edge.backoffice.switching.columns import LeftOuts, Reopen, columns_of
from edge.backoffice.switching.headings import CATEGORY, find_columns
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.protocol import FileLook, FileQuestion

DEPTH = 12
"""Maximum levels. A row whose parents go deeper, or in a circle, is left out."""
_STEPS = re.compile(r"\s*[>»|/]\s*")
_ROOT = frozenset(("all", "all categories", "root", "none", "-", "toutes", "tous", "כל הקטגוריות"))
"""Names of a system's top node, which contains all categories."""


class CategoryFile:
    """The categories of a file, read once. `paths`: each from the top, in the file's order, without repetitions."""

    def __init__(self, ask: FileQuestion, reopen: Reopen) -> None:
        self._ask = ask
        self.left = LeftOuts(ask.currency)
        self.lines = 0
        rows: list[tuple[str, str]] = []
        self._parents: dict[str, tuple[str, str]] = {}
        with reopen() as table:
            self.header, self.what = tuple(table.header), table.what
        self.columns = columns_of(reopen, find_columns(self.header, CATEGORY), (), (), ask.form)
        with reopen() as table:
            for row in table.rows:
                self.lines += 1
                if not self.left.add_unread(row):
                    rows += self._read(row.cells)
        paths = dict[tuple[str, ...], None]()
        for one in rows:
            path = self._path(one)
            if path is None:
                self.left.add("category_deep")
            elif path:
                paths[path] = None
        self.paths = tuple(paths)

    def look(self) -> FileLook:
        """A summary of the file."""
        below = sum(len(path) > 1 for path in self.paths)
        counts = {"categories": len(self.paths), "below": below}
        return FileLook(
            "categories",
            *(system_of(self.header), self.what, self.header, self.lines),
            {name: count for name, count in counts.items() if count},
            *(self.columns.headings, self.columns.free_headings),
            left=self.left.rows,
            rules=("categories",),
        )

    def _read(self, cells: Sequence[str]) -> list[tuple[str, str]]:
        """A row's category and its parent, and the ways in which other rows may refer to it."""
        text = self.columns.text
        name = text(cells, "path") or text(cells, "name")
        if not name:
            self.left.add("no_category")
            return []
        row = name, text(cells, "parent")
        for key in (name, text(cells, "name"), text(cells, "id"), text(cells, "slug")):
            if key:
                self._parents.setdefault(key.casefold(), row)
        return [row]

    def _path(self, row: tuple[str, str]) -> tuple[str, ...] | None:
        """A category's path from the top; None if its parents form a circle or are nested too deeply."""
        path: list[str] = []
        for _ in range(DEPTH):
            name, parent = row
            steps = [step for step in _STEPS.split(name) if step and step.casefold() not in _ROOT]
            path = [*steps, *path]
            if not parent or parent == "0" or len(steps) > 1:
                return tuple(path) if len(path) <= DEPTH else None
            row = self._parents.get(parent.casefold(), (parent, ""))
        return None
