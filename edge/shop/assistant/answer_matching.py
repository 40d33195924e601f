"""What an answer means to the question that is open: an option, its word, its number, a yes, a number."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.assistant import product_matching
from edge.shop.assistant.clarification import ANOTHER, Asked, offer
from edge.shop.assistant.clause import Clause
from edge.shop.assistant.dialogue import OpenQuestion, WantedItem
from edge.shop.assistant.lexicon import place_said, wants_another
from edge.shop.assistant.sentence import Sentence
from edge.shop.catalog.queries import CatalogProduct, find_by_sku


class Chosen(msgspec.Struct, frozen=True):
    """The item as the answer leaves it, or a narrower question; neither: it was not understood, or a `no`.

    `label`: what was chosen, for whoever answers the same question later.
    """

    item: WantedItem | None = None
    asks: Asked | None = None
    no: bool = False
    label: str = ""


def answered(
    db: Connection, question: OpenQuestion, item: WantedItem, said: Sentence, text: str, option: str, language: str
) -> Chosen:
    """An answer's meaning; `text` as it was said."""
    clause = said.clauses[0] if said.clauses else Clause()
    if len(said.clauses) > 1:
        return Chosen()
    if not option and question.further and wants_another(text):
        option = ANOTHER
    label = next((one.label for one in question.options if one.id == option), "")
    if option and not label:
        return Chosen()
    if question.state in ("confirming_short", "confirming"):
        return _yes_or_no(item, said, clause, option, question, label)
    if question.state == "choosing_product":
        if not option and said.kind == "no":
            return Chosen(no=True)
        if not option and said.kind == "yes" and len(question.options) == 1:
            option = question.options[0].id  # "did you mean this one?"
        option = option or place_answered(question, text)
        return _product(db, item, question, clause, option, language)
    if question.state == "choosing_unit":
        return _unit(item, clause, option, label)
    if option:
        return Chosen(_amended(item, amount=int(option) * THOUSANDTHS), label=label)
    return _quantity(item, clause, said)


def place_answered(question: OpenQuestion, text: str, number: int = 0) -> str:
    """The option at the place that an answer says ("the second one"), or that its number is; "": it says none."""
    offered = [one.id for one in question.options if one.id != ANOTHER]
    place = number or place_said(text)
    return offered[place if place < 0 else place - 1] if place and place <= len(offered) else ""


def _amended(item: WantedItem, **fields: object) -> WantedItem:
    return msgspec.structs.replace(item, clause=msgspec.structs.replace(item.clause, **fields))


def _yes_or_no(
    item: WantedItem, said: Sentence, clause: Clause, option: str, question: OpenQuestion, label: str
) -> Chosen:
    if said.kind == "correct" and clause.amount is not None and not option:
        return Chosen(_amended(item, amount=clause.amount, unit=clause.unit or item.clause.unit))
    if option == "no" or (not option and said.kind == "no"):
        return Chosen(no=True, label=label)
    if option == "yes" or (not option and said.kind == "yes"):
        if question.state == "confirming_short":
            return Chosen(msgspec.structs.replace(item, down_to_zero=True), label=label)
        answers = (*item.answers, question.answer) if question.answer else item.answers
        return Chosen(msgspec.structs.replace(item, confirmed=True, answers=answers), label=label)
    return Chosen()


def _product(
    db: Connection, item: WantedItem, question: OpenQuestion, clause: Clause, option: str, language: str
) -> Chosen:
    products = [one for sku in item.skus if (one := find_by_sku(db, sku))]
    if option == ANOTHER:
        rest = [one for one in products if one.sku in question.further]
        return Chosen(asks=offer(item, rest, "which_kind", language))
    if option:
        return _chosen(item, [one for one in products if one.sku == option], language)
    amount, unit = item.clause.amount, item.clause.unit
    bare = clause.amount is not None and not clause.unit and not clause.text
    if bare and clause.amount is not None:
        meant = place_answered(question, "", clause.amount // THOUSANDTHS)
        return _chosen(item, [one for one in products if one.sku == meant], language)
    left = product_matching.narrowed(products, clause) if clause.text else products
    if clause.container:
        narrower = product_matching.of_container(left, clause.container)
        left = narrower if clause.text or len(narrower) < len(left) else []
    elif not clause.text:
        left = []
    if clause.numbered and clause.amount is not None and left:
        item = _amended(item, amount=clause.amount, unit=clause.unit or unit)
    elif amount is None and clause.container and clause.numbered:
        item = _amended(item, unit="unit")
    return _chosen(item, left, language)


def _chosen(item: WantedItem, left: list[CatalogProduct], language: str) -> Chosen:
    if not left:
        return Chosen()
    if len(left) == 1:
        name = left[0].names.get(language, left[0].sku)
        return Chosen(msgspec.structs.replace(item, sku=left[0].sku, skus=(left[0].sku,)), label=name)
    return Chosen(asks=offer(item, left, "which_kind", language))


def _unit(item: WantedItem, clause: Clause, option: str, label: str) -> Chosen:
    if option:
        return Chosen(_amended(item, unit=option), label=label)
    if clause.text:
        return Chosen()
    if clause.unit in ("box", "unit"):
        said = clause.amount if clause.numbered or item.clause.amount is None else item.clause.amount
        return Chosen(_amended(item, unit=clause.unit, amount=said, doubt=clause.doubt, grouped=False))
    if clause.amount is not None and item.clause.amount is None:
        return Chosen(_amended(item, amount=clause.amount, doubt=clause.doubt, grouped=clause.grouped))
    return Chosen()


def _quantity(item: WantedItem, clause: Clause, said: Sentence) -> Chosen:
    if clause.amount is None or clause.text or said.kind not in ("other", "correct", "act"):
        return Chosen()
    unit = clause.unit or item.clause.unit
    return Chosen(_amended(item, amount=clause.amount, unit=unit, doubt=clause.doubt, grouped=clause.grouped))
