"""Commands that can be requested by name: their fields, and the phrases that ask for them.

Pure data (`vocabulary/errands/commands.toml` and each language's `[commands]`). The command bus checks permissions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple, cast, get_args

import msgspec

from edge.conversation.understanding.lexicon import Phrase
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file

GAP = "…"
"""Marks the position of the argument in a phrase."""
CONSTANT = "="
"""Prefix of a field's constant value."""
Slot = Literal[
    "number",
    "product",
    "products",
    "amount",
    "boxes",
    "units",
    "supplier",
    "order",
    "table",
    "money",
    "lot",
    "code",
    "address",
    "text",
    "remark",
    "sale",
    "returned",
]
SLOTS: frozenset[Slot] = frozenset(get_args(Slot))
OF_GOODS: frozenset[Slot] = frozenset({"product", "products", "returned"})
OF_AMOUNT: frozenset[Slot] = frozenset({"amount", "boxes", "units", "returned"})
OF_NUMBER: frozenset[Slot] = frozenset({"number", "order", "table", "money"})
AS_WRITTEN: frozenset[Slot] = frozenset({"text", "remark", "lot", "code", "address"})
"""Fields taken verbatim: a text, an optional remark, the code of a lot or card, an email address."""
ONE_WORD: frozenset[Slot] = frozenset({"lot", "code", "address"})
"""Verbatim fields without spaces."""
OPTIONAL_FIELDS: frozenset[Slot] = frozenset({"remark", "returned"})
"""Optional fields: a reason, and the returned goods of a sale if it's all of them."""


class NamedCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command that can be requested by name: its class name (`command`) and the source of each field.

    `undo`: the entry that undoes it with the same values. `page`: a page on which a person completes and saves it;
    `fields` are then names of its controls.
    """

    command: str
    fields: dict[str, str]
    undo: str = ""
    page: str = ""

    @property
    def slots(self) -> frozenset[Slot]:
        """The slots a person has to state."""
        return frozenset(cast(Slot, one) for one in self.fields.values() if not one.startswith(CONSTANT))


class SaidCommand(NamedTuple):
    """A command requested in words: its name here, and the words for its fields.

    `remark`: the words after a phrase that has an end.
    """

    name: str
    rest: tuple[str, ...]
    remark: tuple[str, ...] | None = None


class _Phrase(NamedTuple):
    begin: Phrase
    end: Phrase
    name: str


@cache
def named_commands() -> Mapping[str, NamedCommand]:
    """All commands by name."""
    return msgspec.toml.decode(_file("commands").encode(), type=dict[str, NamedCommand])


def said_commands(words: Sequence[str], language: str) -> Iterator[SaidCommand]:
    """The commands whose phrase begins these words, longest phrase first.

    >>> next(said_commands("order 41 is ready".split(), "en"))
    SaidCommand(name='order_ready', rest=('41',), remark=())
    """
    for phrase in _phrases(language).get(words[0], ()) if words else ():
        begin, end = len(phrase.begin), len(phrase.end)
        if tuple(words[:begin]) != phrase.begin:
            continue
        at = last = len(words) - end
        remarked = named_commands()[phrase.name].slots & {"remark", *ONE_WORD}
        if end and remarked:  # a remark may follow: "put 50 in the till for change"
            at = next((one for one in range(begin, last) if tuple(words[one : one + end]) == phrase.end), last)
        if at >= begin and tuple(words[at : at + end]) == phrase.end:
            yield SaidCommand(phrase.name, tuple(words[begin:at]), tuple(words[at + end :]) if end else None)


@cache
def _phrases(language: str) -> Mapping[str, Sequence[_Phrase]]:
    """A language's phrases by their first word, longest first."""
    said = command_phrases(language)
    found = [
        _Phrase(tuple(words_of(begin)), tuple(words_of(end)), name)
        for name, phrases in said.items()
        for begin, _, end in (one.partition(GAP) for one in phrases)
    ]
    first: dict[str, list[_Phrase]] = {}
    for phrase in sorted(found, key=lambda one: -len(one.begin) - len(one.end)):
        first.setdefault(phrase.begin[0], []).append(phrase)
    return first


def command_phrases(language: str) -> Mapping[str, Sequence[str]]:
    """A language's phrases for each command."""
    said = read_file("edge.conversation.understanding", "vocabulary/errands", language)
    file: dict[str, Any] = msgspec.toml.decode(said)
    return cast("Mapping[str, Sequence[str]]", file["commands"])


def _file(name: str) -> str:
    return (
        resources.files("edge.conversation.understanding").joinpath("vocabulary", "errands", f"{name}.toml").read_text()
    )
