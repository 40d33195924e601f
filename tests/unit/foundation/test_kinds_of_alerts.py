"""Every kind of alert that may be raised has a name in every language: it stands in lists and in preferences."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.foundation.alerts.alert_texts import kind_name, known_kinds
from edge.foundation.alerts.rules import CRITICAL_ONCE
from edge.lib.i18n import LANGUAGES, words
from edge.operations.ledger import build_registry
from tests.shop_fixture import config


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_has_a_name(language: str, tmp_path: Path) -> None:
    known = words(language)
    nameless = [kind for kind in build_registry(config(tmp_path)).watches if f"alert.kind_{kind}" not in known]
    assert not nameless


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_that_there_is_no_more_has_a_name_and_is_offered_to_no_one(language: str) -> None:
    assert not any("{" in kind_name(language, kind) or "…" in kind_name(language, kind) for kind in CRITICAL_ONCE)
    assert not set(CRITICAL_ONCE) & set(known_kinds())
