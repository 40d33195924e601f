"""Changes to a tree, collected first and written together: if one can't be made, none is."""

from __future__ import annotations

import re
from pathlib import Path

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ScaffoldError(Exception):
    """The reason why nothing was created, and the remedy."""


class Tree:
    """The files of a project after the changes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[Path, str] = {}

    def has(self, path: str) -> bool:
        return (self._root / path).exists()

    @property
    def changed(self) -> list[Path]:
        """The changed files, relative to the root."""
        return sorted(self._texts)

    def glob(self, pattern: str) -> list[Path]:
        return sorted(self._root.glob(pattern))

    def read(self, path: str) -> str:
        found = self._texts.get(Path(path))
        return (self._root / path).read_text() if found is None else found

    def add(self, path: str, text: str) -> None:
        """Add a new file. Raises `ScaffoldError` if it exists."""
        if self.has(path):
            raise ScaffoldError(f"{path} already exists. Choose another name.")
        self._texts[Path(path)] = text

    def insert(self, path: str, anchor: str, lines: str, before: bool = False) -> None:
        """Insert whole lines before or after the first line that matches the pattern `anchor`. Raises `ScaffoldError`
        if none does."""
        text = self.read(path)
        found = re.search(anchor, text, re.MULTILINE)
        if found is None:
            raise ScaffoldError(f"{path} no longer has a line like {anchor!r}: update setup/scaffold.")
        at = text.rfind("\n", 0, found.start()) + 1 if before else text.find("\n", found.end()) + 1
        self._texts[Path(path)] = text[:at] + lines + text[at:]

    def replace(self, path: str, pattern: str, text: str) -> None:
        """Replace the first match of the pattern with `text`. Raises `ScaffoldError` if there is none."""
        now, count = re.subn(pattern, text, self.read(path), count=1, flags=re.MULTILINE)
        if not count:
            raise ScaffoldError(f"{path} no longer has anything like {pattern!r}: update setup/scaffold.")
        self._texts[Path(path)] = now

    def write(self) -> list[Path]:
        """Write all changes, and return the changed files, relative to the root."""
        for path, text in self._texts.items():
            (self._root / path).parent.mkdir(parents=True, exist_ok=True)
            (self._root / path).write_text(text)
        return self.changed


def class_prefix(name: str) -> str:
    """The class prefix of a module: `GiftCards` for `gift_cards`. Raises `ScaffoldError` if it isn't a valid module
    name."""
    if not NAME.fullmatch(name):
        raise ScaffoldError(
            f"{name!r} isn't a valid name: use small letters and digits, joined by _, with a letter first."
        )
    return "".join(word.capitalize() for word in name.split("_"))
