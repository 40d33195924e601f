"""Input and output of the copilot's tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.conversation.assistant.phrasing import full_name
from edge.conversation.copilot.meaning.model import Meaning
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n import dates, translate
from edge.lib.units.written_money import written_money

ROWS = 20
"""Maximum rows of a result."""
SAID = 5


class Asking(msgspec.Struct, frozen=True):
    """A tool's input: a meaning, today's business day, and the asker's language and register."""

    meaning: Meaning
    day: str
    language: str
    currency: str
    register: str
    at_us: int
    zone: str

    @property
    def product(self) -> str:
        return self.meaning.product

    @property
    def place(self) -> str:
        return next(iter(self.meaning.filters.get("place", ())), "")


class ToolAnswer(msgspec.Struct, frozen=True):
    """A tool's answer: figures, the rows behind them, and the same in words."""

    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    lines: tuple[str, ...]
    arguments: dict[str, Any] = {}


def say(ask: Asking, key: str, **values: object) -> str:
    return translate(ask.language, f"copilot.{key}", **values)


def money(minor: int, ask: Asking, currency: str = "") -> str:
    """A sum formatted for the asker's language; `currency`: if it isn't the store's."""
    return written_money(minor, currency or ask.currency, ask.language, ask.currency)


def written_day(day: str, language: str) -> str:
    """A day (ISO 8601) as people write it, in plain text; "" for none."""
    return dates.written_day(day, language).replace(dates.NO_BREAK, " ")


def names_of(db: Connection, skus: Sequence[str], language: str) -> str:
    found = [full_name(one, language) for sku in skus[:SAID] if (one := find_by_sku(db, sku))]
    return ", ".join(found)


def rows_of(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(one) for one in found[:ROWS]]
