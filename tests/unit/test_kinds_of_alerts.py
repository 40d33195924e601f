"""Every kind of alert that may be raised has a name in every language: it stands in lists and in preferences."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app.ledger import build_registry
from edge.lib.i18n import LANGUAGES, words
from tests.shop_fixture import config


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_has_a_name(language: str, tmp_path: Path) -> None:
    known = words(language)
    nameless = [kind for kind in build_registry(config(tmp_path)).watches if f"alert.kind_{kind}" not in known]
    assert not nameless
