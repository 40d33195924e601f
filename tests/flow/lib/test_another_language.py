"""A language is added by one folder: its record, its words, and what the assistant and head office know of it."""

from __future__ import annotations

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import msgspec

from edge.lib.i18n import ENGLISH, words
from tests.another_language import CODE, PAGES, RECORD, ROOT, tree_with_language

SENTENCE_WORDS = 3
"""Shorter ones may be the name of a thing in the shop as well."""


class Texts(HTMLParser):
    """What people read of a page, less what says that it is in another language; `root`: what its first tag says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.found: list[str] = []
        self._elsewhere = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.root = self.root or given
        if given.get("lang", CODE) != CODE:
            self._elsewhere = tag
        said = (given.get(name) for name in ("title", "aria-label", "placeholder", "alt"))
        self.found += [text for text in said if text and not self._elsewhere]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._elsewhere:
            self._elsewhere = ""

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._elsewhere:
            self.found.append(data.strip())


def pages(folder: Path) -> dict[str, str]:
    """The pages of a shop whose product has the language, by a process of its own: which there are is read once."""
    path = os.pathsep.join((str(tree_with_language(folder / "tree")), str(ROOT)))
    (folder / "shop").mkdir()
    program = [sys.executable, "-m", "tests.another_language", str(folder / "shop")]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(program, cwd=folder, env=environment, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    return msgspec.json.decode((folder / "shop" / "pages.json").read_bytes(), type=dict[str, str])


def test_a_language_is_added_by_one_folder(tmp_path: Path) -> None:
    english = {text for text in words(ENGLISH).values() if len(text.split()) >= SENTENCE_WORDS}
    found = pages(tmp_path)
    assert set(found) == set(PAGES)
    for path, page in found.items():
        texts = Texts(page)
        assert (texts.root["lang"], texts.root["dir"]) == (CODE, RECORD["direction"]), path
        assert sum(text.startswith("⟦") for text in texts.found) > 20, path
        assert not english & set(texts.found), f"{path} says something in English"
    assert RECORD["name"] in found["/manager"], "it can be chosen"
    assert f'name="names.{CODE}"' in found["/manager/promotions"], "and things have names in it"
    known = msgspec.json.decode((tmp_path / "shop" / "known.json").read_bytes(), type=tuple[str, str, str, str])
    assert known[:2] == (RECORD["name"], CODE), "it is understood in its own words"
    assert known[2].startswith("⟦") and known[3].startswith("⟦"), "containers, and head office's page"
    added = tmp_path / "tree" / "edge"
    places = {path for path in added.rglob("*") if path.is_file() and not path.is_symlink()}
    assert {path.relative_to(added).parts[:4] for path in places} == {("lib", "i18n", "languages", CODE)}
