"""What people read in English has none of the turns that make it sound translated.

The list grows: a turn is a pattern, with what to write instead.
"""

import json
import re
import tomllib
from collections.abc import Iterator

import pytest

from edge.lib.i18n import ENGLISH
from tests.tidy.tree import ROOT, files, text_of

TURNS = {
    r"\b(nobody|somebody|whoever|anybody)\b": "name the person, or write no one, someone, anyone",
    r"\b(that|this|it) is no\b(?! longer)": "what was wrong and what to enter: Enter a date like 2026-01-31",
    r"\ball the same\b": "anyway",
    r"\b(anew|thereby)\b": "again, also, or nothing",
    r"\bby (itself|themselves)\b": "automatically",
    r"\bof its own\b": "its own, or nothing",
    r"\ba yes\b": "approval",
    r"\b(gives?|given|give it) up\b": "cancel, discard, discontinue",
    r"\bput (it )?right\b": "correct",
    r"\b(is|are|was|were) told (of|by|that)\b": "is notified",
    r"\b(stands|lies) (on|in|at|there|here|open)\b": "is",
    r"\bas far as\b": "nothing",
    r"\bno more\b(?! [\w{])": "no longer",
    r"\bwhat (became|came) of\b": "result, delivery log",
    r"\bso (much|many) (of|as|more)\b": "a number",
    r"\bselling goes on\b": "sales continue",
    r"\bmeanwhile:": "the change in a sentence",
    r"\bcannot\b": "can't",
    r"\be-mail": "email",
    r"\bturnover\b": "revenue",
    r"\brivals?\b": "competitor",
    r"\bstrike\b|\bstruck\b": "void, remove",
    r"\bpromised\b": "reserved",
}


def texts() -> Iterator[tuple[str, str]]:
    """Each key with its English, of the words of every capability and of head office's page."""

    def walk(value: object, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, f"{key}.{name}")

    for path in files(".toml", under="edge"):
        if path.name == f"{ENGLISH}.toml" and "vocabulary" not in path.parts:
            yield from walk(tomllib.loads(text_of(path)), str(path))
    page = json.loads((ROOT / "sync/hub/api/page/words.json").read_text())
    yield from walk(page[ENGLISH], "words.json")


@pytest.mark.parametrize("turn", TURNS)
def test_no_text_has_a_turn_that_sounds_translated(turn: str) -> None:
    pattern = re.compile(turn, re.IGNORECASE)
    assert [f"{key}: {text}" for key, text in texts() if pattern.search(text)] == [], TURNS[turn]
