"""A wish for something beside movements of stock: "order 3 cases of tonic from Metro", "set the price of honey to 23".

Each begins with a phrase that asks for it; each word behind has an owner (goods, amount, price, supplier, or nothing to
say), or the sentence is none: "order 3 tonics for a friend of mine" is left to other readers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import cast

import msgspec

from edge.core.storage.database import Connection
from edge.shop.purchasing.queries import read_suppliers
from edge.shop.search.queries import Search
from edge.shop.search.query.text import words_of
from edge.shop.understanding.amounts import amount_at
from edge.shop.understanding.clause import Clause
from edge.shop.understanding.errands.commands import (
    AS_WRITTEN,
    OF_AMOUNT,
    OF_GOODS,
    OF_NUMBER,
    SaidCommand,
    named_commands,
    said_commands,
)
from edge.shop.understanding.errands.model import Errand, ErrandKind, SaidErrand
from edge.shop.understanding.errands.written_slots import as_written, first_code, first_number, without_first
from edge.shop.understanding.lexicon import Phrase, vocabulary
from edge.shop.understanding.numerals import read_number
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.reading.modality import is_inexact
from edge.shop.understanding.reading.statement_words import languages_first, length_at, statement_words
from edge.shop.understanding.reading.words import split_words
from edge.shop.understanding.sentence_parts import STOPS

MOST_WORDS = 20
ERRANDS: tuple[ErrandKind, ...] = (
    "figures",
    "where",
    "command",
    "price",
    "label",
    "acknowledge",
    "receipt",
    "order",
    "minimum",
    "sold_out",
    "back",
)
BEHIND: tuple[ErrandKind, ...] = ("sold_out", "back")
"""What may be said behind the goods, too."""
LITTLE: Mapping[ErrandKind, tuple[str, ...]] = {
    "where": ("little", "polite", "placed"),
    "order": ("little", "polite", "money", "order_more"),
}
"""Little words of some kinds of errands: where goods stand, how much more of them."""
THOUSAND = 1000


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figures_asked: tuple[str, ...]
    figures_of: tuple[str, ...]
    price: tuple[str, ...]
    order: tuple[str, ...]
    order_puts: tuple[str, ...]
    order_behind: tuple[str, ...]
    order_needs: tuple[str, ...]
    order_then: tuple[str, ...]
    order_more: tuple[str, ...]
    label: tuple[str, ...]
    acknowledge: tuple[str, ...]
    receipt: tuple[str, ...]
    where: tuple[str, ...]
    minimum: tuple[str, ...]
    sold_out: tuple[str, ...]
    sold_out_behind: tuple[str, ...]
    back: tuple[str, ...]
    back_behind: tuple[str, ...]
    placed: tuple[str, ...]
    polite: tuple[str, ...]
    requests: tuple[str, ...]
    little: tuple[str, ...]
    money: tuple[str, ...]
    supplier: tuple[str, ...]
    because: tuple[str, ...]
    commands: dict[str, tuple[str, ...]]


@cache
def _errand_words(language: str) -> dict[str, frozenset[Phrase]]:
    path = resources.files("edge.shop.understanding").joinpath("vocabulary", "errands", f"{language}.toml")
    file = msgspec.toml.decode(path.read_bytes(), type=_Words)
    return {
        name: frozenset(tuple(words_of(text)) for text in cast("tuple[str, ...]", getattr(file, name)))
        for name in _Words.__struct_fields__
        if name != "commands"
    }


def read_errand(
    db: Connection, search: Search, text: str, language: str, kinds: Sequence[ErrandKind] = ERRANDS
) -> SaidErrand | None:
    """What of these kinds a sentence wants done; None where it wants none, or has a word that nothing owns."""
    linker = CatalogueLinker(db, search, language)
    words = split_words(text, linker, language)
    if not words or len(words) > MOST_WORDS:
        return None
    for one in languages_first(language):
        known = _errand_words(one)
        at, requested = _begin(words, known)
        asks = words[-1] == "?" and not requested
        if "figures" in kinds and _asks_figures(words, at, known):
            return SaidErrand(Errand("figures"), one)
        for kind in (each for each in kinds if each != "figures"):
            if asks and kind != "where":
                continue
            if kind == "command":
                if asked_for := _command(db, linker, text, words[at:], one, search.minor):
                    return asked_for
                continue
            rest = _ordered(words, at, known) if kind == "order" else _behind(words, at, known[kind])
            if rest is not None:
                linker.language = one
                inexact = kind == "order" and is_inexact(text, one)
                kept = [word for word in rest if word not in (*STOPS, "%", "#", "?", "-")]
                return None if inexact else _said(db, linker, kind, kept, search.minor)
        for late in (each for each in BEHIND if each in kinds):
            if not asks and (length := _ends_in(known[f"{late}_behind"], words)):
                linker.language = one
                return _said(db, linker, late, words[at : len(words) - length], search.minor)
    return None


def _command(
    db: Connection, linker: CatalogueLinker, text: str, words: Sequence[str], language: str, minor: int
) -> SaidErrand | None:
    """A command that is asked for by name, with all that it is done with; None: none, or a word is of nothing in it."""
    linker.language = language
    known = _errand_words(language)
    plain = [word for word in words if word not in (*STOPS, "%", "#", "?", "-")]
    while plain and (length := _ends_in(known["polite"], plain)):
        plain = plain[: len(plain) - length]
    for command in said_commands(plain, language):
        if said := _fill_command(db, linker, text, command, minor):
            return said
    return None


def _fill_command(
    db: Connection, linker: CatalogueLinker, text: str, command: SaidCommand, minor: int
) -> SaidErrand | None:
    """A command with what fills its fields; None: something of it was not said, or a word is of nothing in it."""
    slots, language, kept = named_commands()[command.name].slots, linker.language, [*command.rest]
    known = _errand_words(language)
    supplier, number, written, clause = "", None, "", Clause()
    if "supplier" in slots:
        kept, supplier = _supplier(db, ["", *kept], known["supplier"] | {("",)})
    if slots & OF_NUMBER:
        money = known["money"] if "money" in slots else frozenset[Phrase]()
        first = bool(money or slots & AS_WRITTEN)
        number, kept = first_number(kept, language, known["little"], money) if first else _number(kept, language)
    if slots & AS_WRITTEN:
        if command.remark is not None:
            if kept:
                return None
            kept = [*command.remark]
        said = without_first(kept, (known["because"],))
        written, kept = first_code(text, said) if "lot" in slots else (as_written(text, said), [])
        if not written and (said or "remark" not in slots):
            return None
    if slots & OF_AMOUNT:
        clause, kept = _amount(kept, language)
    names = _names(kept, language, ("little", "polite"))
    skus = linker.link(names).skus if names and slots & OF_GOODS else ()
    whole, parts = divmod((number or 0) * (minor if "money" in slots else 1), THOUSAND)
    missing = ("supplier" in slots and not supplier) or (bool(slots & OF_NUMBER) and not (whole > 0 and not parts))
    if missing or bool(names) != bool(skus) or (slots & OF_GOODS and not skus):
        return None
    sums = (whole, 0) if "money" in slots else (0, whole)
    errand = Errand("command", price_minor=sums[0], supplier=supplier, number=sums[1], name=command.name, text=written)
    return SaidErrand(errand, language, msgspec.structs.replace(clause, text=" ".join(names)), skus[:24])


def _begin(words: Sequence[str], known: dict[str, frozenset[Phrase]]) -> tuple[int, bool]:
    """Where a sentence begins behind its politeness, and whether that is a request ("can you", "tu peux"): such a
    question wants something done."""
    at, requested = 0, False
    while at < len(words):
        request = length_at(known["requests"], words, at)
        length = max(request, length_at(known["polite"], words, at))
        if not length:
            break
        at, requested = at + length, requested or bool(request)
    return at, requested


def _behind(words: Sequence[str], at: int, phrases: frozenset[Phrase]) -> Sequence[str] | None:
    """The words behind a phrase that begins at a word; None: none does."""
    length = length_at(phrases, words, at)
    return words[at + length :] if length else None


def _ordered(words: Sequence[str], at: int, known: dict[str, frozenset[Phrase]]) -> Sequence[str] | None:
    """What is said of goods to be ordered: behind "order"; put "on the next order"; or needed, and then ordered ("we
    need more gin, get me 6"). None: nothing is ordered."""
    named = [(place, length_at(known["order_behind"], words, place)) for place in range(at, len(words))]
    place, length = next(((place, length) for place, length in named if length), (len(words), 0))
    without = [*words[at:place], *words[place + length :]]
    if (rest := _behind(without, 0, known["order"])) is not None:
        return rest
    if length and (rest := _behind(without, 0, known["order_puts"])) is not None:
        return rest
    needed = _behind(words, at, known["order_needs"])
    if needed is None:
        return None
    stop = next((place for place, word in enumerate(needed) if word in STOPS), len(needed))
    for begin in range(stop + 1, min(stop + 3, len(needed))):  # "..., so order 6"
        if (rest := _behind(needed, begin, known["order"] | known["order_then"])) is not None:
            return [*needed[:stop], *rest]
    return None


def _asks_figures(words: Sequence[str], begin: int, known: dict[str, frozenset[Phrase]]) -> bool:
    """Whether somebody asks what was sold, wasted or taken, on a day that is over, by whom ("how many went out last
    night"): what is there now is another question."""
    asked = any(length_at(known["figures_asked"], words, at) for at in range(begin, min(begin + 2, len(words))))
    return asked and any(length_at(known["figures_of"], words, at) for at in range(begin, len(words)))


def _ends_in(phrases: frozenset[Phrase], words: Sequence[str]) -> int:
    """How many words the longest of these phrases has that a sentence ends in: "take salmon off the menu"."""
    return max((len(one) for one in phrases if tuple(words[-len(one) :]) == one), default=0)


def _said(
    db: Connection, linker: CatalogueLinker, kind: ErrandKind, words: Sequence[str], minor: int
) -> SaidErrand | None:
    language = linker.language
    known, clause, supplier = _errand_words(language), Clause(), ""
    kept = list(words)
    if kind == "order":
        kept, supplier = _supplier(db, kept, known["supplier"])
    numbered = ("price", "acknowledge", "receipt", "minimum")
    number, kept = _number(kept, language, kind == "minimum") if kind in numbered else (None, kept)
    if kind in ("price", "minimum") and number is None:
        return None
    if kind == "order":
        clause, kept = _amount(kept, language)
    names = _names(kept, language, LITTLE.get(kind, ("little", "polite", "money")))
    if kind == "where":
        skus = linker.link(names).skus if names else ()
        said = Clause("stock", text=" ".join(names))
        return SaidErrand(Errand(kind), language, said, skus[:24]) if skus or not names else None
    if kind in ("acknowledge", "receipt"):
        whole = number is None or number % THOUSAND == 0
        return SaidErrand(Errand(kind, number=(number or 0) // THOUSAND), language) if whole and not names else None
    skus = linker.link(names).skus if names else ()
    if not skus:
        return None
    price_minor, parts = divmod((number or 0) * minor, THOUSAND)
    if kind == "price" and parts:  # less than the smallest coin: no price
        return None
    errand = Errand(kind, price_minor=price_minor if kind == "price" else 0, supplier=supplier)
    if kind == "minimum":
        errand = msgspec.structs.replace(errand, level=number or 0)
    said = msgspec.structs.replace(clause, text=" ".join(names))
    return SaidErrand(errand, language, said, skus[:24])


def _supplier(db: Connection, words: list[str], before: frozenset[Phrase]) -> tuple[list[str], str]:
    """The words without "from NAME" of a supplier of the shop, and its id."""
    names = [(words_of(name), one.id) for one in read_suppliers(db) for name in one.names.values()]
    for name, id in sorted(names, key=lambda one: -len(one[0])):
        for at in range(len(words)):
            attached = [words[at][1:], *words[at + 1 : at + len(name)]] if (words[at][:1],) in before else []
            if name and attached == name:
                return words[:at] + words[at + len(name) :], id
            if name and words[at : at + len(name)] == name and at and (words[at - 1],) in before:
                return words[: at - 1] + words[at + len(name) :], id
    return words, ""


def _number(words: list[str], language: str, counts: bool = False) -> tuple[int | None, list[str]]:
    """The last number, in thousandths, and the words without it and the money behind it; `counts`: or what single ones
    are counted in ("6 bottles")."""
    known, counted = _errand_words(language), vocabulary(language)
    for at in range(len(words) - 1, -1, -1):
        attached = (words[at][:1],) in known["little"] and words[at][1:2].isdigit()  # Hebrew writes "to" onto it
        bare = words[at][1:] if attached else words[at]
        said = [*words[:at], bare, *words[at + 1 :]]
        number = read_number(vocabulary(language), said, at)
        if number is None or (at and read_number(vocabulary(language), said, at - 1)):
            continue
        if number.grouped:  # "1.400" may be either: a price is said plainly
            return None, words
        behind = at + number.length
        behind += length_at(known["money"], words, behind) if behind < len(words) and not counts else 0
        if counts and (length := counted.match(counted.counted, words, behind)):
            behind += length if counted.counted[tuple(words[behind : behind + length])].unit == "unit" else 0
        return (number.value, words[:at]) if behind == len(words) else (None, words)
    return None, words


def _amount(words: list[str], language: str) -> tuple[Clause, list[str]]:
    """How much is ordered, and the words without it."""
    for at in range(len(words)):
        amount = amount_at(words[at:], 0, vocabulary(language))
        if amount is None or amount.value is None or amount.doubt or amount.grouped:
            continue
        counted_as = words[at + amount.end - 1] if amount.unit else ""
        said = Clause("", amount.value, amount.unit, amount.container, numbered=True, counted_as=counted_as)
        return said, [*words[:at], *words[at + amount.end :]]
    return Clause(), words


def _names(words: Sequence[str], language: str, sets: Sequence[str]) -> list[str]:
    """The words that must be of goods: without those of these `sets` of little words."""
    known, said = _errand_words(language), statement_words(language)
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = (
            max(length_at(known[one], words, at) for one in sets)
            or length_at(said.articles, words, at)
            or vocabulary(language).match(vocabulary(language).fillers, words, at)
        )
        kept += [] if length else [words[at]]
        at += length or 1
    return kept
