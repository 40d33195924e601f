"""A project that ships no model, for tests of the shop's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import manifest


def ship_no_model(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Put an empty manifest in `folder` in the place of the project's."""
    (folder / "shipped").mkdir()
    (folder / "shipped" / "manifest.toml").touch()
    monkeypatch.setattr(manifest, "files", lambda _: folder / "shipped")
