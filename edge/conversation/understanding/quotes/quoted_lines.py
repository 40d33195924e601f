"""Turn quotes into lines: the products named, and their quantities.

A quote only selects words. Numbers, units and names in them are read by the grammar's parsers; unreadable words end the
reading.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from edge.conversation.understanding.amounts import amount_at
from edge.conversation.understanding.clause import AMOUNT_LIMIT
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.basket_words import basket_words
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.statement_words import languages_first, length_at, statement_words
from edge.conversation.understanding.reading.words import own_words

QuoteKind = Literal["out", "in", "waste", "adjust", "number", "unit", ""]
"""The movement of goods with this name, their number, their unit; "": nothing used further."""

STRANGE = 1
"""Maximum words of a name that are in no product: "the pinot noir", for Pinot."""
BEHIND = 4
"""Maximum words after a name that may belong to it."""
MOST = 6
"""Maximum lines read per sentence."""


class UncertainQuotes(Exception):
    """The quotes can't be read reliably."""


class QuotedSpan(NamedTuple):
    """The words from `begin` to `end`, and the role they were quoted for."""

    kind: QuoteKind
    begin: int
    end: int

    @property
    def is_goods(self) -> bool:
        return self.kind not in ("number", "unit", "")


class QuotedAmount(NamedTuple):
    """A quantity in thousandths of `unit` (None if not stated), and its counting word."""

    value: int | None
    unit: str
    container: str
    word: str
    grouped: bool


class QuotedLine(NamedTuple):
    """Products with their act and quantity.

    `words` is empty if no product was quoted; `loose`: thousandths in addition to boxes.
    """

    verb: QuoteKind
    words: tuple[str, ...]
    skus: tuple[str, ...]
    amount: QuotedAmount | None
    loose: int = 0


def lines_of(
    words: Sequence[str], quoted: Sequence[QuotedSpan], linker: CatalogueLinker, language: str
) -> list[QuotedLine]:
    """All lines of a sentence in order; a bare number gives a line without products.

    Raises `UncertainQuotes` if words quoted as a number aren't one or name a table, or there are too many lines.
    """
    spans = sorted((one for one in quoted if one.kind), key=lambda one: one.begin)
    if any(one.kind == "number" and _counts_a_place(words, one, language) for one in spans):
        raise UncertainQuotes("a number of a place")
    read = {at for one in spans for at in range(one.begin, one.end)}
    spans = [one._replace(kind="unit") if _is_unit(words, one, language) else one for one in spans]
    groups = _lines_of([_whole_name(one, words, read, linker) for one in spans])
    if len(groups) > MOST:
        raise UncertainQuotes("too many lines")
    return _spread([_line(words, group, linker, language) for group in groups], words, language)


def _spread(lines: list[QuotedLine], words: Sequence[str], language: str) -> list[QuotedLine]:
    """The lines with the only number applied to all after "each": "two bottles each of pinot and malbec"."""
    first = lines[0] if lines else None
    if first is None or first.amount is None or any(one.amount is not None for one in lines[1:]):
        return lines
    each = basket_words(language)["each"]
    if not any(length_at(each, words, at) for at in range(len(words))):
        return lines
    return [one._replace(amount=first.amount, loose=first.loose) for one in lines]


def _whole_name(span: QuotedSpan, words: Sequence[str], read: Collection[int], linker: CatalogueLinker) -> QuotedSpan:
    """A product quote extended by following words that belong to its name and aren't `read` otherwise: "brioche" of
    "brioche à la cannelle"."""
    if not span.is_goods:
        return span
    free = span.end
    while free < len(words) and free < span.end + BEHIND and free not in read and _is_word(words[free]):
        free += 1
    for end in range(free, span.end, -1):
        if linker.naming(words[end - 1]) and linker.link(words[span.begin : end]).skus:
            return span._replace(end=end)
    return span


def _counts_a_place(words: Sequence[str], span: QuotedSpan, language: str) -> bool:
    """Whether a number is a table, room or order: "to room 8, not 7"."""
    numbered = statement_words(language).numbered
    return span.begin > 0 and any((bare,) in numbered for bare in bare_forms(words[span.begin - 1]))


def _is_unit(words: Sequence[str], span: QuotedSpan, language: str) -> bool:
    """Whether words quoted as a product only name its unit: "as many sardines, tins"."""
    said = tuple(word for word in words[span.begin : span.end] if _is_word(word))
    return span.is_goods and said in vocabulary(language).counted


def _is_word(word: str) -> bool:
    return word[0].isalnum() or word == "%"


def _lines_of(spans: Sequence[QuotedSpan]) -> list[list[QuotedSpan]]:
    """The spans of each line. If the sentence begins with a number, numbers precede their products; otherwise they
    follow."""
    first = next((at for at, one in enumerate(spans) if one.is_goods), len(spans))
    counts_first = first > 0
    groups: list[list[QuotedSpan]] = []
    for at, span in enumerate(spans):
        last = groups[-1] if groups else None
        named = last is not None and any(one.is_goods for one in last)
        counted = last is not None and any(not one.is_goods for one in last)
        if last is None:
            groups.append([span])
        elif span.is_goods:
            groups.append([span]) if named else last.append(span)
        elif not named:
            last.append(span)
        else:
            behind = any(one.is_goods for one in spans[at + 1 :])
            begins = span.kind == "number" and behind and (counts_first or (counted and _pairs_on(spans, at)))
            groups.append([span]) if begins else last.append(span)
    return groups


def _pairs_on(spans: Sequence[QuotedSpan], at: int) -> bool:
    """Whether a product comes after this number before the next one."""
    return next((one.is_goods for one in spans[at + 1 :] if one.kind != "unit"), False)


def _line(words: Sequence[str], group: Sequence[QuotedSpan], linker: CatalogueLinker, language: str) -> QuotedLine:
    named = next((one for one in group if one.is_goods), None)
    amounts = _amounts(words, [one for one in group if not one.is_goods], language)
    loose = 0
    if len(amounts) == 2 and amounts[0].unit == "box" and amounts[1].unit in ("unit", ""):
        loose = amounts.pop().value or 0
    if len(amounts) > 1:
        raise UncertainQuotes("two numbers")
    amount = amounts[0] if amounts else None
    if named is None:
        return QuotedLine("", (), (), amount, loose)
    said = tuple(word for word in words[named.begin : named.end] if _is_word(word))
    said, skus = _goods_of(said, linker)
    return QuotedLine(named.kind, said, skus, amount, loose)


def _goods_of(said: tuple[str, ...], linker: CatalogueLinker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The products meant. Words found in no product are dropped if most are found; () if nothing matches."""
    respelt = tuple(map(linker.respelt, said))
    known = tuple(word for word in respelt if not word.isalpha() or linker.naming(word))
    for words in dict.fromkeys((said, respelt, known)):
        strange, named = len(said) - len(words), not all(one in own_words(linker.language) for one in words)
        if named and strange <= STRANGE and (skus := linker.link(words).skus):
            return words, skus
    return said, ()


def _amounts(words: Sequence[str], spans: Sequence[QuotedSpan], language: str) -> list[QuotedAmount]:
    """The quantities of a line's spans, each number with its following unit."""
    found: list[QuotedAmount] = []
    at = 0
    while at < len(spans):
        one, behind = spans[at], spans[at + 1] if at + 1 < len(spans) else None
        joined = behind is not None and (one.kind, behind.kind) == ("number", "unit")
        said = list(words[one.begin : one.end])
        unit = list(words[behind.begin : behind.end]) if joined and behind else []
        amount = _amount(said, unit, language)
        last = found[-1] if found else None
        if last is not None and not last.unit and amount.value is None:
            found[-1] = amount._replace(value=last.value)  # "3 lemonade, cans"
        elif last is not None and last.value is None and not amount.unit:
            found[-1] = last._replace(value=amount.value, grouped=amount.grouped)  # "cans, 3"
        elif last is not None and (last.value, last.unit) == (amount.value, amount.unit or last.unit):
            pass  # the same amount, repeated
        else:
            found.append(amount)
        at += 2 if joined else 1
    return found


def _amount(said: list[str], unit: list[str], language: str) -> QuotedAmount:
    """A number with its unit; the number alone if the word isn't a unit ("2 bars"). Raises `UncertainQuotes` if it
    isn't a number."""
    for words in ([*said, *unit], said):
        for one in languages_first(language) if words else ():
            known = vocabulary(one)
            if words is said and any(word.startswith((*known.dozens, *known.fractions)) for word in unit):
                break  # a form of "dozen" or "half" that isn't in the vocabulary
            whole = known.written_out(words)
            amount = amount_at(whole, 0, known)
            if amount is None or amount.end < len(whole) or amount.doubt:
                continue
            value = amount.value
            if value is None or 0 <= value <= AMOUNT_LIMIT:
                word = whole[-1] if amount.unit else ""
                return QuotedAmount(value, amount.unit, amount.container, word, amount.grouped)
    if tuple(said) in statement_words(language).more:
        return QuotedAmount(1000, "", "", "", False)  # "and another"
    raise UncertainQuotes("an invalid number")
