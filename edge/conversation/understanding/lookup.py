"""Look up a sentence and its names in the reader process, before the turn."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from edge.conversation.understanding.advice.candidates import with_candidates
from edge.conversation.understanding.advice.model import SaidAdvice
from edge.conversation.understanding.advice.reader import read_advice
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.errands.model import SaidErrand
from edge.conversation.understanding.errands.reader import ERRANDS, read_errand
from edge.conversation.understanding.found_products import MATCHES_LIMIT, FoundProducts
from edge.conversation.understanding.going_on import named_instead
from edge.conversation.understanding.listed_names import each_of
from edge.conversation.understanding.name_words import hear_names, names_in
from edge.conversation.understanding.product_matching import NameMatch, match
from edge.conversation.understanding.reading.basket_change import read_basket_change
from edge.conversation.understanding.reading.basket_guess import guess_change
from edge.conversation.understanding.reading.correction import read_correction
from edge.conversation.understanding.reading.linking import CatalogueLinker, TurnSearch, goods_of_category
from edge.conversation.understanding.reading.model import BasketChange, Reading, StockCorrection
from edge.conversation.understanding.reading.said_twice import first_half
from edge.conversation.understanding.reading.statement import HeardStatement, hear_statement
from edge.conversation.understanding.reading.statement_words import biggest_by, length_at, statement_words
from edge.conversation.understanding.reading.stock_question import read_question_part, read_stock_question
from edge.conversation.understanding.reading.transfer import MOVE, read_transfer
from edge.conversation.understanding.reading.wish import read_wish
from edge.conversation.understanding.reading.words import own_words
from edge.conversation.understanding.said_modifier import SaidModifiers
from edge.conversation.understanding.sentence import Kind, Sentence
from edge.conversation.understanding.shopping import DECLINED
from edge.conversation.understanding.tokens import all_tokens
from edge.conversation.understanding.whereabouts import PlacedSentence
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.goods.search.query.text import words_of
from edge.goods.stock.queries import read_places
from edge.lib.units.containers import container_of

NAMES = 5
"""Maximum names looked up per sentence, besides those with a command word."""
LISTED = 4
"""Maximum names in a list ("bread, milk and eggs")."""


class GrammarReading(NamedTuple):
    """A text as read by the grammar."""

    text: str
    placed: PlacedSentence


class LookedUp(NamedTuple):
    """The matches of a sentence's names, and the readings that need the catalogue.

    `proposed`: any effect needs confirmation. `kind`: the sentence's kind by grammar. `stock_kind`: the same before
    customers' questions are considered. `guess`: the reading to show if no reader succeeds. `heard`: the grammar's
    reading, for the same turn only.
    """

    found: tuple[FoundProducts, ...]
    reading: Reading | None = None
    correction: StockCorrection | None = None
    errand: SaidErrand | None = None
    advice: SaidAdvice | None = None
    basket: BasketChange | None = None
    modifiers: SaidModifiers | None = None
    proposed: bool = False
    kind: str = ""
    stock_kind: Kind = "other"
    guess: BasketChange | None = None
    heard: GrammarReading | None = None


REPORTS = frozenset({"act", "other", "held", "fact", "stock"})
"""Kinds of staff sentences that may report an event."""
READS = frozenset({"price", "cheapest", "dearest", "details"})
"""Verbs of questions about neither quantities nor movements."""
NO_MOVEMENT = Reading("", (Clause("held"),), {}, ())
"""The reading of a sentence that denies, plans, asks or repeats hearsay."""


def look_up(
    db: Connection, search: Search, text: str, language: str, agent: str, about: str = "", today: str = ""
) -> LookedUp:
    """Look up each name, each name including a possible number (prefix "="), and names with command words (prefix "~").

    `about`: the SKU of the product mentioned last. `today`: dates without a year are the next ones after this day.
    """
    search = TurnSearch.of(search)
    if (once := first_half(text, language)) != text:
        return look_up(db, search, once, language, agent, about, today)._replace(proposed=True)
    named = names_in(db, search, text, language)
    found = {f"~{name}": FoundProducts(f"~{name}", "all") for name in named}
    placed = hear_names(text, language, named, read_places(db) if agent == "stock" else None, today)
    said = placed.said
    for clause in said.clauses[:NAMES]:
        if clause.text and clause.text not in found:
            found[clause.text] = _first_of(match(db, search, clause.text, language=said.language))
        if clause.listed and found[clause.text].kind != "all":
            for name in [one.text for one in clause.listed[:LISTED]]:
                found[name] = _first_of(match(db, search, name, language=said.language))
        if clause.whole and (agent != "stock" or said.kind == "fact"):
            one = match(db, search, clause.whole, contiguous=True)
            if one.kind == "all":
                found[f"={clause.whole}"] = msgspec.structs.replace(_first_of(one), text=f"={clause.whole}")
    if agent == "shopping" and (instead := named_instead(text, said.language)) and instead not in found:
        one = match(db, search, instead, language=said.language)
        found[instead] = _first_of(one)
    if agent == "shopping" or said.kind in ("fact", "stock"):
        reads = bool(said.clauses) and all(one.verb in READS for one in said.clauses)
        found |= _named_otherwise(db, CatalogueLinker(db, search, said.language), found, reads)
    if agent == "shopping":
        found |= _with_category(db, said, found)
    reading = None
    if agent == "shopping" and said.kind in ("other", "act") and _only_wishes(text, said, found):
        reading = read_wish(db, search, text, language)
    if agent == "stock" and said.kind in REPORTS:
        heard = hear_statement(db, search, placed.text, language, lambda name: _is_near(db, search, name, language))
        reading = _reading_of_report(heard, said, text)
        if _moves(said) and (placed.where.is_stated or reading is None):
            reading = read_transfer(db, search, placed.text, language) or reading
    if agent == "stock" and _is_possible_stock_question(said, reading, text, found):
        reading = read_stock_question(db, search, text, language, _counts(said)) or reading
    if (
        agent == "stock"
        and (reading is None or not reading.has_act_and_quantity)
        and said.kind in ("stock", "fact", "other", "held")
    ):
        reading = read_question_part(db, search, text, language) or reading
    if reading is not None:
        near = not reading.unowned  # no near matches beside words that weren't understood
        found |= {
            name: _resolve_mention(db, search, name, skus, reading.language, near)
            for name, skus in reading.links.items()
        }
    corrects = agent == "stock" and said.kind not in ("yes", "no", "empty", "help", "cancel", "stop")
    correction = read_correction(db, search, text, language) if corrects else None
    errand = read_errand(db, search, text, language, ERRANDS if agent == "stock" else ("where",))
    basket = read_basket_change(db, search, text, language) if agent == "shopping" else None
    advice = _advice(db, search, text, said, about) if agent == "shopping" else None
    if basket is not None and basket.change in ("more", "set", "times", "each", "stands"):
        advice = None  # "and one for my sister" means one more of it, not a search for a gift
    if basket is not None and basket.loose and not basket.text and any(_is_size(one, said) for one in words_of(text)):
        basket = None  # "small ones actually, but four" doesn't mean four of the big ones
    basket, names = basket if advice is None else None, tuple(found.values())[:MATCHES_LIMIT]
    looked_up = LookedUp(names, reading, correction, errand, advice, basket, kind=said.kind)
    looked_up = looked_up._replace(stock_kind=placed.kind, heard=GrammarReading(text, placed))
    supposes = agent == "shopping" and _says_nothing(looked_up) and _names_nothing(said, found)
    return looked_up._replace(guess=guess_change(db, search, text, said.language, about) if supposes else None)


def _first_of(one: NameMatch) -> FoundProducts:
    """A name's matches, limited to what a turn carries."""
    return FoundProducts(one.text, one.kind, one.skus[:MATCHES_LIMIT], one.more)


def _says_nothing(looked_up: LookedUp) -> bool:
    return not any((looked_up.reading, looked_up.basket, looked_up.advice, looked_up.errand))


def _names_nothing(said: Sentence, found: dict[str, FoundProducts]) -> bool:
    """Whether an unclassified sentence names no products, or only containers."""
    named = any(one.kind == "all" and not container_of(one.text) for one in found.values())
    meant = any(one.numbered and not one.text and one.verb in ("", "add") for one in said.clauses)  # "I'll take one"
    does = any(one.verb not in ("", "find", "add", "change", "remove", "basket") for one in said.clauses)
    return said.kind in ("other", "act", "correct", "held") and not (named or meant or does)


def _advice(db: Connection, search: Search, text: str, said: Sentence, about: str) -> SaidAdvice | None:
    """The advice a customer asks for, with candidates. Short replies ask for none, and declined topics take
    precedence."""
    if said.kind not in ("act", "other", "fact", "stock", "correct"):
        return None
    advice = read_advice(db, search, text, said.language, about)
    if advice is None or (advice.language == said.language and any(one.verb in DECLINED for one in said.clauses)):
        return None
    return with_candidates(db, search, advice)


def _named_otherwise(
    db: Connection, linker: CatalogueLinker, found: dict[str, FoundProducts], reads: bool
) -> dict[str, FoundProducts]:
    """Return names that don't match exactly but resolve in another way.

    They resolve by word forms, by category, or, in read-only questions, by their product words alone ("the tequila, a
    guest asks").
    """
    known: dict[str, FoundProducts] = {}
    for name, one in found.items():
        if one.kind != "none" or name[0] in "=~":
            continue
        words = _without_kinds(name.split(), linker.language)
        skus = linker.link(words).skus or goods_of_category(db, words)
        if reads and not skus:
            of_goods = [one for one in words if one not in own_words(linker.language) and linker.naming(one)]
            skus = linker.link(of_goods).skus if of_goods else ()
        if skus:
            known[name] = FoundProducts(name, "all", skus[:MATCHES_LIMIT], len(skus) > MATCHES_LIMIT)
    return known


def _without_kinds(words: list[str], language: str) -> list[str]:
    """A name in a question without words that only ask for the kind: "kinds of lemonade", "whole boxes"."""
    said = statement_words(language)
    begin = length_at(said.kinds, words, 0)
    kept = [one for one in words[begin:] if (one,) not in said.plainly]
    return kept or words


def _with_category(db: Connection, said: Sentence, found: dict[str, FoundProducts]) -> dict[str, FoundProducts]:
    """Return the matches, with all products of a category asked for by full name: "cheeses" includes the halloumi."""
    known: dict[str, FoundProducts] = {}
    for one in said.clauses:
        meant = found.get(one.text)
        if one.verb == "in_stock" and meant and meant.kind == "all":
            others = goods_of_category(db, _without_kinds(one.text.split(), said.language), whole=True)
            skus = tuple(dict.fromkeys((*meant.skus, *others)))
            known[one.text] = FoundProducts(one.text, "all", skus[:MATCHES_LIMIT], len(skus) > MATCHES_LIMIT)
    return known


def _only_wishes(text: str, said: Sentence, found: dict[str, FoundProducts]) -> bool:
    """Whether a customer's sentence only asks for products. A bare name that is found only asks to see them."""
    if any(one.verb not in ("", "add", "find") for one in said.clauses):
        return False

    def find_known(name: str) -> FoundProducts:
        return found.get(name, FoundProducts(name, "none"))

    things = [part for clause in said.clauses for part in each_of(clause, find_known)]
    numbered = any(find_known(f"={one.whole}").kind == "all" for one in things if one.whole)  # "12 eggs", or a box?
    counts = not numbered and any(one.amount is not None for one in things)
    lacks = any(find_known(one.text).kind != "all" or one.doubt for one in things)
    asks = any(one.verb == "find" for one in things)
    sized = not asks and ("%" in text or any(_is_size(one, said) for one in words_of(text)))
    return lacks or sized or (counts and not asks)


def _is_size(word: str, said: Sentence) -> bool:
    return biggest_by(word, said.language) is not None


def _is_near(db: Connection, search: Search, name: str, language: str) -> bool:
    """Whether a name has a wrong letter in a way that the user is asked about."""
    return match(db, search, name, language=language).kind == "near"


def _moves(said: Sentence) -> bool:
    """Whether the only verbs are about moving goods between places."""
    return said.kind == "act" and {one.verb for one in said.clauses} - {""} == {MOVE}


def _reading_of_report(heard: HeardStatement, said: Sentence, text: str) -> Reading | None:
    """Return the report of staff, unless the sentence is more likely a question.

    A question's count is only shown ("we have exactly 7 loaves").
    """
    reading = heard.reading
    if said.kind == "act" and heard.denied:
        return msgspec.structs.replace(NO_MOVEMENT, language=said.language)
    if said.kind in ("fact", "stock") and (reading is None or not reading.has_act_and_quantity):
        return None
    if said.kind == "stock" and reading is not None:
        counts = "?" not in text and {one.verb for one in reading.clauses} == {"adjust"}
        return msgspec.structs.replace(reading, sure=False) if counts else None
    return reading


def _is_possible_stock_question(
    said: Sentence, reading: Reading | None, text: str, found: dict[str, FoundProducts]
) -> bool:
    """Whether a sentence may ask for a stock level in words unknown to the grammar.

    Examples are "can I take 20 lettuces?", "any challah left" and "check the stock of bagels".
    """
    if reading is not None:
        counts = all(one.verb == "adjust" and one.amount is None for one in reading.clauses)
        return counts or (reading.clauses[0].verb == "held" and "?" in text)
    unknown = any(
        found.get(one.text, FoundProducts(one.text, "none")).kind == "none" for one in said.clauses if one.text
    )
    if said.kind == "stock" or (said.kind == "fact" and said.clauses[0].verb == "in_stock"):
        return unknown or "%" in all_tokens(text)
    return said.kind in ("other", "held") or _counts(said)


def _counts(said: Sentence) -> bool:
    """Whether a sentence has a counting word but no number: "count of eggs"."""
    return said.kind == "act" and all(
        one.verb == "adjust" and one.amount is None and not one.numbered for one in said.clauses
    )


def _resolve_mention(
    db: Connection, search: Search, name: str, skus: tuple[str, ...], language: str, near: bool
) -> FoundProducts:
    """Return the match of a mention, or the nearest product if none matches."""
    if skus:
        return FoundProducts(name, "all", skus[:MATCHES_LIMIT])
    one = match(db, search, name, language=language)
    kind = "none" if one.kind == "all" or not near else one.kind  # the words match a product but mean something else
    return FoundProducts(name, kind, one.skus[:MATCHES_LIMIT], one.more)
