"""Ask for missing parts of an errand, one at a time, and interpret the answers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.conversation.assistant.errands.command_shown import in_language
from edge.conversation.assistant.errands.named_sale import last_sale
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import say
from edge.conversation.assistant.turns.clarification import Asked
from edge.conversation.assistant.turns.dialogue import AnswerOption, WantedItem
from edge.conversation.understanding.errands.errand_words import errand_words, supplier_in
from edge.conversation.understanding.errands.model import MOST_TEXT, Errand
from edge.conversation.understanding.errands.written_slots import first_address, first_code, first_number, sale_in
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lexicon import Phrase
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.sentence_parts import STOPS
from edge.conversation.understanding.tokens import all_tokens
from edge.core.registry import Transaction
from edge.goods.purchasing.queries import read_suppliers
from edge.lib.units.money import exponent
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.receipt_number import shown_number

SUPPLIERS = 6
LAST = "last"
"""The option for this register's newest sale."""


def ask_lacking(tx: Transaction, facts: ShopFacts, item: WantedItem) -> Asked | None:
    """The question for the first missing part; None if the errand is complete."""
    if item.errand is None or not item.errand.lacks:
        return None
    slot, options = item.errand.lacks[0], tuple[AnswerOption, ...]()
    if slot == "supplier":
        suppliers = read_suppliers(tx.db)[:SUPPLIERS]
        options = tuple(AnswerOption(one.id, in_language(one.names, facts.language)) for one in suppliers)
    elif slot == "sale" and (newest := last_sale(tx)):
        number, total = shown_number(newest.register, newest.number), facts.money(newest.total_minor)
        options = (AnswerOption(LAST, say(facts.language, "errand_last_sale", number=number, total=total)),)
    return Asked(item, "asking_slot", say(facts.language, f"errand_asks_{slot}"), options)


def takes_any_text(item: WantedItem) -> bool:
    """Whether the open question accepts any text."""
    return item.errand is not None and item.errand.lacks[:1] == ("text",)


def with_answer(
    tx: Transaction,
    facts: ShopFacts,
    item: WantedItem,
    said: Sentence,
    text: str,
    option: str,
    found: Callable[[str], FoundProducts],
) -> WantedItem | None:
    """The errand with the answered part; None if the answer doesn't fit."""
    assert item.errand is not None
    slot, *lacks = item.errand.lacks
    if slot in ("product", "products"):
        named = next((one for one in said.clauses if one.text), None)
        skus = found(named.text).skus if named else ()
        if named is None or not skus:
            return None
        clause = msgspec.structs.replace(item.clause, text=named.text)
        errand = msgspec.structs.replace(item.errand, lacks=(*lacks,))
        return msgspec.structs.replace(item, clause=clause, skus=skus, errand=errand)
    words = [word for word in all_tokens(text) if word not in (*STOPS, "#", "?")]
    told = _with_text(tx, facts, item.errand, slot, words, text, option)
    return msgspec.structs.replace(item, errand=msgspec.structs.replace(told, lacks=(*lacks,))) if told else None


def _with_text(
    tx: Transaction, facts: ShopFacts, errand: Errand, slot: str, words: list[str], text: str, option: str
) -> Errand | None:
    language = facts.language
    known = errand_words(language)
    match slot:
        case "supplier" if len(words) == 1 and words[0].isdigit():  # its position in the list, as in messages to phones
            at, offered = int(words[0]) - 1, read_suppliers(tx.db)[:SUPPLIERS]
            return msgspec.structs.replace(errand, supplier=offered[at].id) if 0 <= at < len(offered) else None
        case "supplier":
            left, supplier = ([], option) if option else supplier_in(tx.db, ["", *words], known["supplier"] | {("",)})
            return None if any(left) or not supplier else msgspec.structs.replace(errand, supplier=supplier)
        case "sale" if option == LAST:
            return msgspec.structs.replace(errand, number=0)
        case "sale":
            number, left = sale_in(words, language, known)
            if number is not None:
                return None if left else msgspec.structs.replace(errand, number=number)
            whole = _whole(words, language, known, frozenset(), 1)
            return msgspec.structs.replace(errand, number=whole) if whole else None
        case "number" | "order" | "table":
            whole = _whole(words, language, known, frozenset(), 1)
            return msgspec.structs.replace(errand, number=whole) if whole else None
        case "money" | "price":
            whole = _whole(words, language, known, known["money"], 10 ** exponent(facts.currency))
            return msgspec.structs.replace(errand, price_minor=whole) if whole else None
        case "lot" | "code" | "address":
            code, left = (first_address if slot == "address" else first_code)(text, words)
            return None if left or not code else msgspec.structs.replace(errand, text=code)
        case _:
            written = text.strip()
            return msgspec.structs.replace(errand, text=written) if 0 < len(written) <= MOST_TEXT else None


def _whole(
    words: list[str], language: str, known: dict[str, frozenset[Phrase]], money: frozenset[Phrase], minor: int
) -> int | None:
    """The number that makes up the whole answer; money in minor units."""
    number, left = first_number(words, language, known["little"], money)
    whole, parts = divmod((number or 0) * minor, THOUSANDTHS)
    return whole if whole > 0 and not parts and not left else None
