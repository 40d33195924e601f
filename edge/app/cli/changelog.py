"""Reads release notes from CHANGELOG.md (keepachangelog.com)."""

from __future__ import annotations

import re
from pathlib import Path

from edge.lib.errors import ConfigError

FILE = "CHANGELOG.md"
NOTES_CHARS = 2_000
_HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\]", re.MULTILINE)


def notes_of(file: Path, version: str) -> str:
    """Return the notes of a version, at most 2,000 characters; empty without a changelog. Raises `ConfigError` if the
    changelog doesn't have the version."""
    if not file.exists():
        return ""
    text = file.read_text()
    found = [*_HEADING.finditer(text)]
    for at, heading in enumerate(found):
        if heading["version"] == version:
            end = found[at + 1].start() if at + 1 < len(found) else len(text)
            body = text[text.index("\n", heading.start()) : end].strip()
            return body if len(body) <= NOTES_CHARS else f"{body[: NOTES_CHARS - 1]}…"
    raise ConfigError(f"{FILE} has no entry for {version}.", "Describe its changes before the release.")
