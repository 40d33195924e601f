"""Queries of settings, and their use: `LiveSettings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec

from edge.core.memo import Memo
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.settings.definitions import settings_by_name
from edge.foundation.settings.entities import TEXTS
from edge.foundation.settings.events import SettingsInForce
from edge.foundation.settings.texts import Notice, Place, text_in

S = TypeVar("S", bound=msgspec.Struct)
_AT = "SELECT texts FROM shown_text WHERE place = ? AND from_us <= ? AND until_us > ? ORDER BY seq"


class SettingOverride(msgspec.Struct, frozen=True):
    """A setting's override: `value`, source, actor and time."""

    name: str
    value: Any
    by: str
    actor: str
    at_us: int


def read_settings(db: Connection) -> list[SettingOverride]:
    """All overridden settings."""
    rows = db.execute("SELECT name, value, said_by, actor, at_us FROM setting ORDER BY name")
    return [SettingOverride(name, msgspec.json.decode(value), *rest) for name, value, *rest in rows]


def told_text(told: SettingsInForce) -> str:
    """Return the values in config.toml, and whether its secrets are entered, as JSON.

    Equal texts mean that there is nothing new to report.
    """
    return msgspec.json.encode(({one.name: one.filed for one in told.settings}, told.secrets)).decode()


def settings_told(db: Connection) -> str:
    """Return the last reported `told_text`; "" if there is none."""
    found = db.execute("SELECT body FROM settings_told").fetchone()
    return found[0] if found else ""


def read_texts(db: Connection) -> tuple[Notice, ...]:
    """All texts, in order of creation."""
    return TEXTS.read(db)


def texts_at(db: Connection, place: Place, at_us: int) -> list[dict[str, str]]:
    """Texts shown at a place at a moment, by language, in order."""
    rows = db.execute(_AT, (place, at_us, at_us))
    return [msgspec.json.decode(texts) for (texts,) in rows]


def lines_at(db: Connection, place: Place, language: str, at_us: int) -> tuple[str, ...]:
    """The texts as lines in one language, or the first available."""
    return tuple(line for texts in texts_at(db, place, at_us) for line in text_in(texts, language).split("\n"))


NOTICES = Memo(read_texts, "shown_text")


def lines_in(tx: Transaction, place: Place, language: str) -> tuple[str, ...]:
    """Lines shown at a place inside a transaction, like `lines_at`."""
    said = [one for one in NOTICES.of(tx) if one.place == place and one.from_us <= tx.at_us < one.until_us]
    texts = [cast(Mapping[str, str], one.texts) for one in said]
    return tuple(line for text in texts for line in text_in(text, language).split("\n"))


class LiveSettings(Memo[S]):
    """Settings with overrides. `base` has the values of config.toml; `names` are the settings that may change.

    A setting `section.key` is the field `key` of `base`. Read it inside the transaction or on use, so that changes
    apply immediately. The result is cached while the table is unchanged.
    """

    def __init__(self, base: S, *names: str) -> None:
        self._base = base
        self._fields = {name: name.partition(".")[2] for name in names}
        self._last: tuple[list[tuple[str, str]], S] = ([], base)
        super().__init__(self.at, "setting")

    def at(self, db: Connection) -> S:
        """Current settings in `db`."""
        rows = db.execute("SELECT name, value FROM setting").fetchall()
        known, made = self._last
        if rows == known:
            return made
        made = msgspec.structs.replace(self._base, **self._changes(rows))
        self._last = (rows, made)
        return made

    def _changes(self, rows: list[tuple[str, str]]) -> dict[str, Any]:
        changes = {}
        for name, value in rows:
            if name in self._fields:
                try:
                    changes[self._fields[name]] = msgspec.json.decode(value, type=settings_by_name()[name].type)
                except msgspec.ValidationError:
                    continue  # an older version allowed this value: config.toml applies instead
        return changes
