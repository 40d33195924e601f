"""Everything the pages say exists in every language, with the values that fill its gaps."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from edge.core.shapes import Refused
from edge.panel.rendering import FOLDER
from edge.panel.texts import Texts
from edge.panel.views import born, suggested
from edge.words import LANGUAGES, words
from tests.house import config

ROOT = FOLDER.parents[1]
KEY = re.compile(r"""t\(\s*["']([a-z]+\.\w+)["'](?:\s*\)|,)""")
PREFIX = re.compile(r"""t\(\s*["']([a-z]+\.\w*)["']\s*~""")


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_say_only_what_there_are_words_for(language: str) -> None:
    known = words(language)
    for path in sorted((FOLDER / "templates").rglob("*.html")):
        text = path.read_text()
        missing = [key for key in KEY.findall(text) if key not in known]
        assert not missing, path.name
        for prefix in PREFIX.findall(text):
            assert any(key.startswith(prefix) for key in known), (path.name, prefix)


def refusals() -> list[tuple[str, str, set[str]]]:
    """(where, code, names of values) of every refusal in the source that is written out."""
    found = []
    for path in sorted((ROOT / "edge").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            match node.func.id, node.args:
                case "Refused", [ast.Constant(value=str(code)), *values]:
                    keys = {
                        k.value
                        for v in values
                        if isinstance(v, ast.Dict)
                        for k in v.keys
                        if isinstance(k, ast.Constant)
                    }
                    found.append((place, code, keys))
                case "Problem", [_, ast.Constant(value=str(code))]:
                    found.append((place, code, {str(k.arg) for k in node.keywords}))
    return found


def test_every_refusal_has_a_sentence_and_the_values_for_its_gaps() -> None:
    assert len(refusals()) > 60
    for language in LANGUAGES:
        known = words(language)
        for place, code, values in refusals():
            text = known.get(f"refused.{code}") or known.get(f"api.{code}")
            assert text is not None, (place, code, language)
            gaps = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert gaps <= values, (place, code, language)


def test_money_quantities_and_reasons_in_each_language(tmp_path: Path) -> None:
    settings = config(tmp_path).till_settings()
    en, fr, he = (Texts(language, settings) for language in ("en", "fr", "he"))
    assert [texts.money(123450) for texts in (en, fr)] == ["€1,234.50", "1\u202f234,50\u00a0€"]
    assert "1,234.50" in he.money(123450)
    assert [texts.quantity(1250) for texts in (en, fr, he)] == ["1.25", "1,25", "1.25"]
    assert fr.refusal(Refused("read_only", {"why": "the disk is full"})).startswith(
        "La caisse ne peut pas enregistrer : le disque est plein."
    )
    assert en.refusal(Refused("read_only", {"why": "a mouse bit the cable"})).startswith(
        "The till cannot save: a mouse bit the cable."
    )
    assert en.time(1_800_000_000_000_000).replace("\u202f", " ") == "9:00 AM"


def test_sums_that_customers_hand_over() -> None:
    assert suggested(4451) == (4500, 5000, 6000, 10000)
    assert suggested(120) == (150, 200, 500, 1000)
    assert suggested(1234) == (1300, 1500, 2000, 5000)
    assert suggested(2000) == (5000, 10000, 20000)
    assert suggested(85) == (90, 100, 200)
    assert suggested(0) == ()


def test_who_is_old_enough() -> None:
    assert born(date(2026, 11, 20), 18) == date(2008, 11, 20)
    assert born(date(2028, 2, 29), 18) == date(2010, 2, 28)
