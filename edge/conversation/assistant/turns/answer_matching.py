"""Interpret an answer to the open question, from staff, a customer or a microphone.

Words that distinguish the options come first, then an option's position, then yes or no. A number is an amount only if
one was asked for, or a counting word follows it.
"""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.turns.clarification import ANOTHER, WAYS, Asked, offer
from edge.conversation.assistant.turns.dialogue import OpenQuestion, WantedItem
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import (
    in_any_language,
    vocabularies,
    vocabulary,
    wants_another,
)
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.product_matching import comes_in, is_sold_in_packs
from edge.conversation.understanding.reading.amount_answer import AmountAnswer, read_amount_answer
from edge.conversation.understanding.reading.linking import has_words
from edge.conversation.understanding.reading.options import choose_options
from edge.conversation.understanding.reading.sizes import figure_of
from edge.conversation.understanding.reading.statement_words import length_at, statement_words, way_said
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.tokens import all_tokens
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.query.text import words_of
from edge.lib.units.quantity import THOUSANDTHS

SHORT = 7
"""Maximum words and punctuation marks in an answer to a confirmation."""


class Chosen(msgspec.Struct, frozen=True):
    """The item after the answer, or a narrower question. With neither, the answer wasn't understood, or was no (`no`).

    `label`: the chosen option, to answer the same question again later.
    """

    item: WantedItem | None = None
    asks: Asked | None = None
    no: bool = False
    label: str = ""


def match_answer(
    db: Connection,
    question: OpenQuestion,
    item: WantedItem,
    said: Sentence,
    text: str,
    option: str,
    language: str,
    at_us: int | None = None,
) -> Chosen:
    """Interpret an answer; `text` is the original sentence. `at_us`: the time of the prices that "the cheaper one"
    compares."""
    clause = said.clauses[0] if said.clauses else Clause()
    if question.state == "confirming_short" and not option and says_zero(text, language):
        return Chosen(msgspec.structs.replace(item, down_to_zero=True))
    asks_amount = question.state in ("choosing_unit", "asking_quantity") and not option
    if asks_amount and (answer := _amount_said(db, item, said, text, language)):
        if answer.place:
            option = _option_at(question, answer.place)
        elif answer.article and item.clause.amount not in (None, answer.amount):
            return Chosen()  # "a box", after "three" was said
        elif (much := _much(item, answer)) is not None:
            return Chosen(_as_it_comes(db, question, much))
    if len(said.clauses) > 1 and question.state != "choosing_product":  # choosing a product needs the whole answer
        return Chosen()
    if not option and question.further and wants_another(text):
        option = ANOTHER
    label = next((one.label for one in question.options if one.id == option), "")
    if option and not label:
        return Chosen()
    if question.state in ("confirming_short", "confirming"):
        return _yes_or_no(item, said, clause, option, question, label, text)
    if question.state == "choosing_product":
        if not option and said.kind == "no":
            return Chosen(no=True)
        if not option and said.kind == "yes" and len(question.options) == 1:
            option = question.options[0].id  # "did you mean this one?"
        products = [one for sku in item.skus if (one := find_by_sku(db, sku, at_us))]
        return _product(item, products, question, text, option, language)
    if not option:
        return Chosen()
    if question.state == "choosing_unit":
        return Chosen(_amend_clause(item, unit=option), label=label)
    return Chosen(_amend_clause(item, amount=int(option) * THOUSANDTHS), label=label)


def _amount_said(db: Connection, item: WantedItem, said: Sentence, text: str, language: str) -> AmountAnswer | None:
    """The amount in an answer: of the answer alone, of one that names the product, or of a sentence without a name."""
    if answer := amount_answered(said, text, language) or _of_what_is_asked(db, item, text, language):
        return answer
    clause = said.clauses[0] if len(said.clauses) == 1 else Clause()
    if clause.text or clause.amount is None or said.kind not in ("other", "correct", "act"):
        return None
    much = (clause.amount, clause.unit, clause.counted_as, clause.loose)
    return AmountAnswer(*much, doubt=clause.doubt, grouped=clause.grouped)


def amount_answered(said: Sentence, text: str, language: str) -> AmountAnswer | None:
    """The amount that the whole answer states; None if it is doubtful or the answer says something else."""
    if any(one.doubt or one.grouped for one in said.clauses):
        return None
    return read_amount_answer(text, language)


def _of_what_is_asked(db: Connection, item: WantedItem, text: str, language: str) -> AmountAnswer | None:
    product = find_by_sku(db, item.sku)
    return _named_amount(product, text, language) if product else None


def _named_amount(product: CatalogProduct, text: str, language: str) -> AmountAnswer | None:
    """Return the amount in an answer that also names the product.

    "Three sprays" of a product sold in boxes of sprays are single units; "a carton of twelve" is a box of twelve.
    """
    words = words_of(text)
    kept = [one for at, one in enumerate(words) if not _is_named(product, words, at)]
    answer = read_amount_answer(" ".join(kept), language) if kept and len(kept) < len(words) else None
    if answer is None or answer.amount is None or answer.unit:
        return answer if answer and answer.amount is not None else None
    if is_sold_in_packs(product):
        return None  # "12 eggs" aren't cartons
    return msgspec.structs.replace(answer, unit="unit")


def _is_named(product: CatalogProduct, words: list[str], at: int) -> bool:
    """Whether a word only repeats the product's name: as a part of it and not a unit, or as its number after "of"."""
    word = words[at]
    if any((word,) in one.counted for one in vocabularies()):
        return False
    number = next((said for one in vocabularies() if (said := read_number(one, words, at))), None)
    if number is None:
        return word.isalpha() and has_words(product, (word,))
    led = at > 0 and words[at - 1] in in_any_language("of")
    return led and has_words(product, (figure_of(number.value),))


def _as_it_comes(db: Connection, question: OpenQuestion, item: WantedItem) -> WantedItem:
    """Return the item in single units if "boxes or cartons?" was answered with the product's own cartons."""
    product = find_by_sku(db, item.sku)
    single = product is not None and comes_in(product, item.clause.counted_as)
    if question.state == "choosing_unit" and item.clause.unit == "box" and single:
        return _amend_clause(item, unit="unit", counted_as="")
    return item


def _option_at(question: OpenQuestion, place: int) -> str:
    ids = [one.id for one in question.options]
    return ids[place if place < 0 else place - 1] if place <= len(ids) and ids else ""


def _much(item: WantedItem, answer: AmountAnswer) -> WantedItem | None:
    """Return the item with the answered amount; None if that can't be used."""
    known = item.clause.amount
    amount = known if answer.amount is None else answer.amount
    if amount is None and not answer.unit:
        return None
    said = {"amount": amount, "unit": answer.unit or item.clause.unit, "loose": answer.loose}
    said |= {"counted_as": answer.counted_as, "doubt": answer.doubt, "grouped": answer.grouped}
    return _amend_clause(item, **said)


def _amend_clause(item: WantedItem, **fields: object) -> WantedItem:
    return msgspec.structs.replace(item, clause=msgspec.structs.replace(item.clause, **fields))


def _yes_or_no(
    item: WantedItem, said: Sentence, clause: Clause, option: str, question: OpenQuestion, label: str, text: str
) -> Chosen:
    if question.state == "confirming_short" and not option and _only_number(text, said.language) == question.figure:
        return Chosen(msgspec.structs.replace(item, down_to_zero=True), label=label)  # "take the 5, then"
    counted_in = item.clause.unit
    if question.state == "confirming_short" and counted_in == "box":
        counted_in = "unit"  # the question counted in single units
    if not (option or item.errand) and (much := _yes_but(text, said.language)) is not None:
        return Chosen(_amend_clause(item, amount=much.amount, unit=much.unit or counted_in))
    if not option and clause.amount is not None and _says_amount(said, clause, item):
        return Chosen(_amend_clause(item, amount=clause.amount, unit=clause.unit or counted_in))
    ways = [one.id for one in question.options if one.id in WAYS]
    if ways and (way := option if option in WAYS else "" if option else way_said(text)):
        return Chosen(_amend_clause(item, verb=way, unsure=False, either=False, unowned=()), label=label)
    if option == "no" or (not option and said.kind == "no"):
        return Chosen(no=True, label=label)
    if option == "yes" or (not option and said.kind == "yes"):
        if question.state == "confirming_short":
            return Chosen(msgspec.structs.replace(item, down_to_zero=True), label=label)
        answers = (*item.answers, question.answer) if question.answer else item.answers
        return Chosen(msgspec.structs.replace(item, confirmed=True, answers=answers), label=label)
    return Chosen()


def says_zero(text: str, language: str) -> bool:
    """Whether an answer to "set it to 0?" says exactly that: "yes, down to zero", "ok put it at 0"."""
    words, zeroing = all_tokens(text), statement_words(language).zeroing
    sets = any(length_at(zeroing, words, at) for at in range(len(words)))
    return len(words) <= SHORT and (_only_number(text, language) == 0 or sets) and not _denies(text, language)


def _denies(text: str, language: str) -> bool:
    words, said, known = all_tokens(text), statement_words(language), vocabulary(language)
    return any(length_at(said.denies, words, at) or known.match(known.hold, words, at) for at in range(len(words)))


def _only_number(text: str, language: str) -> int | None:
    """The only number of an answer without negation, in thousandths."""
    known, words = vocabulary(language), all_tokens(text)
    numbers = [one for at in range(len(words)) if (one := read_number(known, words, at))]
    denies = any(length_at(statement_words(language).denies, words, at) for at in range(len(words)))
    return numbers[0].value if len(numbers) == 1 and not denies else None


def _yes_but(text: str, language: str) -> AmountAnswer | None:
    """The new amount in a qualified yes ("yes, but 3"). The effect is then shown again."""
    known, words = vocabulary(language), words_of(text)
    agreed = known.match(known.replies, words, 0)
    if not agreed or known.replies[tuple(words[:agreed])] != "yes":
        return None
    agreed += length_at(statement_words(language).but, words, agreed)
    answer = read_amount_answer(" ".join(words[agreed:]), language)
    return answer if answer is not None and answer.amount is not None and not answer.article else None


def _says_amount(said: Sentence, clause: Clause, item: WantedItem) -> bool:
    """Whether an answer to a shown effect only corrects its amount: "no, 4", "take the 5 then"."""
    if said.kind == "correct":
        return True
    return said.kind == "act" and not (item.errand or clause.text or clause.doubt) and clause.verb == item.clause.verb


def _product(
    item: WantedItem, products: list[CatalogProduct], question: OpenQuestion, text: str, option: str, language: str
) -> Chosen:
    if option == ANOTHER:
        rest = [one for one in products if one.sku in question.further]
        return Chosen(asks=offer(item, rest, "which_kind", language))
    if option:
        return _choose_product(item, [one for one in products if one.sku == option], language)
    choice = choose_options(products, [one.id for one in question.options if one.id != ANOTHER], text)
    if choice.amount is not None and choice.products:
        item = _amend_clause(item, amount=choice.amount, unit=choice.unit or item.clause.unit)
    elif choice.unit and (item.clause.amount is None or not choice.container):
        item = _amend_clause(item, unit=choice.unit)
    left = list(choice.products)
    return _choose_product(item, left, language) if len(left) < max(len(products), 2) else Chosen()


def _choose_product(item: WantedItem, left: list[CatalogProduct], language: str) -> Chosen:
    if not left:
        return Chosen()
    if len(left) == 1:
        name = left[0].names.get(language, left[0].sku)
        return Chosen(msgspec.structs.replace(item, sku=left[0].sku, skus=(left[0].sku,)), label=name)
    return Chosen(asks=offer(item, left, "which_kind", language))
