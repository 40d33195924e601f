"""What a sentence and the names in it mean, looked up beside the till, before its turn is taken."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.shop.assistant.clause import Clause
from edge.shop.assistant.commands import FOUND_LIMIT, FoundProducts
from edge.shop.assistant.listed_names import each_of
from edge.shop.assistant.name_words import hear_names, names_in
from edge.shop.assistant.product_matching import match
from edge.shop.assistant.reading.correction import read_correction
from edge.shop.assistant.reading.model import Reading, StockCorrection
from edge.shop.assistant.reading.statement import read_statement
from edge.shop.assistant.reading.stock_question import read_stock_question
from edge.shop.assistant.whereabouts import PlacedSentence
from edge.shop.search.queries import Search
from edge.shop.stock.queries import read_places

NAMES = 5
"""Names of one sentence that are looked up, beside those that a command's word is in."""
LISTED = 4
"""Names of a list of them ("bread, milk and eggs")."""


_LEAVES = {"waste": "out"}
"""What is thrown away leaves the shop as what is taken does."""


class LookedUp(NamedTuple):
    """What the names mean; and what the words say, where phrases alone leave that open."""

    found: tuple[FoundProducts, ...]
    reading: Reading | None = None
    correction: StockCorrection | None = None


def look_up(db: Connection, search: Search, text: str, language: str, agent: str) -> LookedUp:
    """For each name, and for each that may have a number in it ("=" before its words), what the catalogue has; and the
    names that have words of a command in them ("~" before)."""
    named = names_in(db, search, text, language)
    found = {f"~{name}": FoundProducts(f"~{name}", "all") for name in named}
    placed = hear_names(text, language, named, read_places(db) if agent == "stock" else None)
    said = placed.said
    for clause in said.clauses[:NAMES]:
        if clause.text and clause.text not in found:
            one = match(db, search, clause.text, language=said.language)
            found[clause.text] = FoundProducts(one.text, one.kind, one.skus[:FOUND_LIMIT], one.more)
        if clause.listed and found[clause.text].kind != "all":
            for name in [one.text for one in clause.listed[:LISTED]]:
                one = match(db, search, name, language=said.language)
                found[name] = FoundProducts(one.text, one.kind, one.skus[:FOUND_LIMIT], one.more)
        if clause.whole and (clause.verb or agent != "stock"):
            one = match(db, search, clause.whole, contiguous=True)
            if one.kind == "all":
                found[f"={clause.whole}"] = FoundProducts(
                    f"={clause.whole}", one.kind, one.skus[:FOUND_LIMIT], one.more
                )
    reading = None
    if agent == "stock" and _leaves_open(placed, found):
        reading = read_statement(db, search, text, language)
        if placed.said.kind == "fact" and reading is not None and not reading.counted:
            reading = None
    elif agent == "stock" and said.kind == "act" and not (placed.where.said or named):
        reading = _other_effect(read_statement(db, search, text, language), said.clauses, found)
    elif agent == "stock" and said.kind == "stock" and "?" not in text:
        counted = read_statement(db, search, text, language)
        if counted is not None and counted.counted and {one.verb for one in counted.clauses} == {"adjust"}:
            reading = _unsure(counted)  # "we have exactly 7 loaves"
    if reading is None and agent == "stock" and said.kind in ("other", "held"):
        reading = read_stock_question(db, search, text, language)
    if reading is not None:
        found |= {name: _linked(db, search, name, skus, reading.language) for name, skus in reading.links.items()}
    correction = None
    if agent == "stock" and said.kind not in ("yes", "no", "empty", "help", "cancel", "stop"):
        correction = read_correction(db, search, text, language)
    return LookedUp(tuple(found.values())[:FOUND_LIMIT], reading, correction)


def _other_effect(
    reading: Reading | None, clauses: tuple[Clause, ...], found: dict[str, FoundProducts]
) -> Reading | None:
    """What the wide reader reads where that would do something else than what phrases alone say: it is shown first."""
    if reading is None or not reading.counted or any(one.listed for one in clauses):
        return None
    return _unsure(reading) if _differs(reading, clauses, _skus(found)) else None


def _skus(found: dict[str, FoundProducts]) -> dict[str, tuple[str, ...]]:
    return {name: one.skus if one.kind == "all" else () for name, one in found.items()}


def _unsure(reading: Reading) -> Reading:
    return msgspec.structs.replace(reading, sure=False)


def _differs(reading: Reading, clauses: tuple[Clause, ...], links: dict[str, tuple[str, ...]]) -> bool:
    """Whether a reading moves goods another way, by another number or unit, or other goods, than these clauses."""
    if len(reading.clauses) != len(clauses):
        return True
    for one, other in zip(reading.clauses, clauses, strict=True):
        ways = {_LEAVES.get(each.verb, each.verb) for each in (one, other)}
        units = {each.unit for each in (one, other) if each.unit}
        named, known = reading.links.get(one.text, ()), links.get(other.text, ())
        apart = bool(named and known) and not {*named} & {*known}
        if len(ways) > 1 or one.amount != other.amount or len(units) > 1 or apart:
            return True
    return False


def _linked(db: Connection, search: Search, name: str, skus: tuple[str, ...], language: str) -> FoundProducts:
    """What a mention means; of one that is in no product, what is near."""
    if skus:
        return FoundProducts(name, "all", skus[:FOUND_LIMIT])
    one = match(db, search, name, language=language)
    kind = "none" if one.kind == "all" else one.kind  # its words are in a product, but say something else here
    return FoundProducts(name, kind, one.skus[:FOUND_LIMIT], one.more)


def _leaves_open(placed: PlacedSentence, found: dict[str, FoundProducts]) -> bool:
    """Whether phrases alone do not say all: no verb was known, or a name is not as it stands in the catalogue."""
    said = placed.said
    if said.kind in ("other", "held", "fact"):
        return True
    if said.kind != "act":
        return False

    def known(text: str) -> FoundProducts:
        return found.get(text, FoundProducts(text, "none"))

    things = [part for clause in said.clauses for part in each_of(clause, known)]
    named = all(one.text and (known(one.text).kind == "all" or known(f"={one.whole}").kind == "all") for one in things)
    doubted = any(one.doubt == "numbers" for one in said.clauses)
    moved = not placed.where.said and bool(placed.where.fault([one.verb for one in said.clauses]))
    return not named or doubted or moved
