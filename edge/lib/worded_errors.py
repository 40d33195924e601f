"""Errors whose text comes from the translations."""

from __future__ import annotations

from typing import TypeVar

from edge.lib.errors import EdgeError
from edge.lib.i18n.languages import ENGLISH
from edge.lib.i18n.translations import translate

E = TypeVar("E", bound=EdgeError)


def worded_error(kind: type[E], key: str, /, **values: str | int) -> E:
    """An error in English that pages show in the reader's language: the text under `key`, and its advice under `key` +
    "_do"."""
    return kind(translate(ENGLISH, key, **values), translate(ENGLISH, f"{key}_do", **values), key, values)
