"""Look up a sentence with modifiers ("a latte with oat milk"), if the shop has modifier groups.

Product names come first ("oat milk", if sold by the carton). A modifier must belong to a product in the sentence;
otherwise the sentence is read without modifiers.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lookup import LookedUp, look_up
from edge.conversation.understanding.modifier_reader import read_modifiers
from edge.conversation.understanding.reading.linking import TurnSearch
from edge.conversation.understanding.said_modifier import SaidModifier, SaidModifiers
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.shopping import hear
from edge.conversation.understanding.staff_questions import asks_fact
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku
from edge.goods.modifiers.modifier import ref
from edge.goods.modifiers.queries import groups_of, read_groups
from edge.goods.search.queries import Search

_WAYS = ((True, True), (False, True), (True, False), (False, False))
"""Combinations to try, beginning with the one that reads most words as modifiers."""


def look_up_goods(
    db: Connection, search: Search, text: str, language: str, agent: str, about: str = "", today: str = ""
) -> LookedUp:
    """Look up the rest of a sentence with modifiers. For staff this applies to questions only, as movements
    concern products."""
    search = TurnSearch.of(search)
    groups = read_groups(db) if text else ()
    if groups:
        for plain, unknown in _WAYS:
            said = read_modifiers(groups, text, plain, unknown)
            if said is None:
                continue
            if agent == "stock" and not asks_fact(said.rest, language):
                continue
            if found := _with(db, search, text, said, language, agent, about, today):
                return found
    return look_up(db, search, text, language, agent, about, today)


def _with(
    db: Connection, search: Search, text: str, said: SaidModifiers, language: str, agent: str, about: str, today: str
) -> LookedUp | None:
    """Return the lookup of the rest, if it names products with such modifiers or refers to the last product."""
    rest = hear(said.rest, language)
    if agent == "shopping" and about and _names_nothing(rest):
        if any(one.verb == "remove" for one in rest.clauses):  # "take out the sugar"
            left_out = tuple(msgspec.structs.replace(one, without=True) for one in said.said)
            said = msgspec.structs.replace(said, said=left_out)
        return LookedUp((), modifiers=msgspec.structs.replace(said, alone=True)) if _fit(db, (about,), said) else None
    looked_up = look_up(db, search, said.rest, language, agent, about, today)
    named = [one for one in looked_up.found if one.kind == "all"]
    if not _fit(db, (sku for one in named for sku in one.skus), said) and not _of_last(db, said, about, named):
        return None
    whole = look_up(db, search, text, language, agent, about, today)
    if _is_name(whole.found, said) or (whole.advice and not _wishes(rest)):  # "is the latte without milk?"
        return None
    return looked_up._replace(modifiers=said)


def _wishes(rest: Sentence) -> bool:
    """Whether a sentence is a request and not a question."""
    return all(one.verb in ("", "add") for one in rest.clauses)


def _of_last(db: Connection, said: SaidModifiers, about: str, named: list[FoundProducts]) -> bool:
    """Whether "how much is it with oat milk" refers to the last product."""
    return bool(about) and not named and _fit(db, (about,), said)


def _fit(db: Connection, skus: Iterable[str], said: SaidModifiers) -> bool:
    """Whether each modifier belongs to one of these products."""
    products = [one for sku in dict.fromkeys(skus) if (one := find_by_sku(db, sku))]
    own = {ref(group, one) for product in products for group in groups_of(db, product) for one in group.modifiers}
    return bool(own) and all(not one.refs or not own.isdisjoint(one.refs) for one in said.said)


def _is_name(found: Iterable[FoundProducts], said: SaidModifiers) -> bool:
    """Whether a modifier's words are part of a product name in the whole sentence.

    An example is a "latte with oat milk" sold under that name.
    """
    names = [set(one.text.strip("=~").split()) for one in found if one.kind == "all"]
    return any(_names(name, one) for one in said.said for name in names)


def _names(name: set[str], said: SaidModifier) -> bool:
    words = set(said.text.split())
    return words <= name if said.plain or not said.refs else words < name


def _names_nothing(rest: Sentence) -> bool:
    """Whether the rest only requests or refuses something unnamed ("make it", "please")."""
    if rest.kind not in ("act", "other", "empty"):
        return False
    verbs = ("", "add", "change", "remove")
    return all(one.verb in verbs and not one.text and one.amount is None for one in rest.clauses)
