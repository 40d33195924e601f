"""All texts that people read in a language, for the tests that look for turns which sound translated."""

import json
import tomllib
from collections.abc import Iterator

from edge.lib.i18n import ENGLISH
from tests.tidy.tree import ROOT, files, text_of


def texts(language: str = ENGLISH) -> Iterator[tuple[str, str]]:
    """Each key with its text: the words of every capability, what personas say, the newest built-in consents, and
    head office's page."""

    def walk(value: object, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from walk(inner, f"{key}.{name}")

    for path in files(".toml", under="edge"):
        if path.name == f"{language}.toml" and "vocabulary" not in path.parts:
            yield from walk(tomllib.loads(text_of(path)), str(path))
        elif path.parent.name == "personalities":
            persona = tomllib.loads(text_of(path))
            for part in ("names", "greeting", "sentences"):
                yield from walk(persona.get(part, {}).get(language), f"{path}.{part}")
    consents = tomllib.loads((ROOT / "edge/people/customers/wordings.toml").read_text())
    yield from (
        (f"wordings.toml.{purpose}", texts[language]) for purpose, texts in next(iter(consents.values())).items()
    )
    page = json.loads((ROOT / "sync/hub/api/page/words.json").read_text())
    yield from walk(page[language], "words.json")
