"""Collects unknown categories while a file is read. Pure."""

from __future__ import annotations

import hashlib
import re

import msgspec

from edge.goods.catalog.categories.category import DEPTH_LIMIT, Category
from edge.goods.ingest.mapping import cell_parsers
from edge.goods.ingest.mapping.category_words import NO_WORDS, CategoryWords

_decode_category = msgspec.json.Decoder(Category).decode
_STEPS = re.compile(r"\s*(?:[>»|/;]|,(?=\S)|,$)\s*")
_SLUG = re.compile(r"[\W_]+")


class Tree:
    """A category tree that collects new categories. `known`: existing ids; `words`: their other names.

    `exported`: cells contain ids, as in our exports.
    """

    def __init__(self, known: frozenset[str], language: str, exported: bool, words: CategoryWords = NO_WORDS) -> None:
        self._words = words
        self._known = known
        self._language = language
        self._exported = exported
        self._new: dict[str, Category] = {}
        self._named: set[str] = set()

    def id_of(self, text: str) -> str | None:
        """Return the category id for a text or path; None if it names none. Unknown categories are collected as new.

        Raises `CellError` for an unknown one if the words are `closed`. In an exported file the text is the id already.
        """
        text = cell_parsers.name(text)
        if text in self._known:
            return text
        if self._exported:
            self._named.add(cell_parsers.word(text))
            return text
        steps = [step for step in _STEPS.split(text) if step][:DEPTH_LIMIT]
        if whole := self._words.id_of(text):
            return whole
        id, begin = self._farthest(steps)
        for step in steps[begin:]:
            parent, id = id, _category_id(id, step)
            if id not in self._known and id not in self._new:
                if self._words.closed:
                    raise self._unknown(text)
                self._new[id] = Category(id, {self._language: step}, parent)
        return id or None

    def _farthest(self, steps: list[str]) -> tuple[str, int]:
        """Deepest known category of a path, and its depth; "" and 0 if none."""
        for place in range(len(steps), 0, -1):
            path = ""
            for step in steps[:place]:
                path = _category_id(path, step)
            if path in self._known:
                return path, place
            if found := self._words.id_of(steps[place - 1]):
                return found, place
        return "", 0

    def _unknown(self, text: str) -> cell_parsers.CellError:
        near = ", ".join(self._words.near(_STEPS.split(text)[-1]))
        return cell_parsers.CellError("category_unknown", near=f" ({near})" if near else "")

    def define(self, text: str) -> None:
        """Parse a category's definition from an export."""
        try:
            category = _decode_category(text)
        except msgspec.DecodeError:
            raise cell_parsers.CellError("not_category") from None
        if category.id not in self._known:
            self._new[category.id] = category

    def new(self) -> tuple[Category, ...]:
        """New categories, parents first."""
        found = dict(self._new)
        for id in self._named - found.keys():
            found[id] = Category(id, {self._language: id})
        ordered: dict[str, Category] = {}
        for category in found.values():
            line = [category]
            while (above := found.get(line[-1].parent)) and above not in line:
                line.append(above)
            ordered.update((step.id, step) for step in reversed(line))
        known = self._known | ordered.keys()
        return tuple(c if c.parent in known else msgspec.structs.replace(c, parent="") for c in ordered.values())


def _category_id(parent: str, step: str) -> str:
    """Id of a category: its path in lower case, or a digest if too long."""
    slug = _SLUG.sub("-", step.casefold()).strip("-") or "x"
    id = f"{parent}.{slug}" if parent else slug
    return id if len(id) <= cell_parsers.WORD_CHARS else hashlib.sha256(id.encode()).hexdigest()[:40]
