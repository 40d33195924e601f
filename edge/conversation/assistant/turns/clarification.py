"""Clarifying questions: which product, boxes or single units, how many. Pure except for product reads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.assistant.phrasing import (
    choices,
    full_name,
    loose_word,
    product_options,
    say,
    say_amount,
    say_movement,
    say_stock,
    units_word,
)
from edge.conversation.assistant.turns.dialogue import AnswerOption, StateName, WantedItem
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lexicon import vocabularies
from edge.conversation.understanding.product_matching import container
from edge.conversation.understanding.reading.linking import has_words, whole_number
from edge.conversation.understanding.reading.statement_words import statement_words
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.query.text import with_final_letters
from edge.lib.units.containers import container_signs
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

OFFERED = 6
ANOTHER = "another"
WAYS = ("out", "in", "waste", "adjust")
"""The options of a question that shows several effects: the kinds of movement."""
ADD = "add"
"""The verb of an item for a customer's basket."""
MEASURES = {"kg": ("kg", 1000), "g": ("kg", 1), "livre": ("kg", 500), "litre": ("litre", 1000)}
"""Units of measure: the unit products are sold by, and its thousandths in one of them."""


class Asked(msgspec.Struct, frozen=True):
    """A question about an item: the resulting state, its text and options, and the figure it shows. `answer`: the
    command it confirms, if stock asks. `what`: the effect shown; `together`: the number of items it covers."""

    item: WantedItem
    state: StateName
    text: str
    options: tuple[AnswerOption, ...] = ()
    figure: int = 0
    further: tuple[str, ...] = ()
    answer: str = ""
    what: str = ""
    together: int = 1


def ask_product(
    db: Connection, item: WantedItem, products: Sequence[CatalogProduct], nearest: FoundProducts, language: str
) -> Asked | str:
    """Ask which of the products is meant, or offer the nearest ones. Returns a text if none is near."""
    key = "which_kind"
    if not products:
        products = [one for sku in nearest.skus if (one := find_by_sku(db, sku))][: product_matching.NEAREST]
        key = "did_you_mean"
    elif item.near:
        key = "did_you_mean"
    if not products:
        words = " ".join(map(with_final_letters, item.clause.text.split()))
        return say(language, "not_found", text=words) if words else say(language, "no_name")
    return offer(item, products, key, language)


def offer(item: WantedItem, products: Sequence[CatalogProduct], key: str, language: str) -> Asked:
    """Offer products to choose from, six at a time. An option that moves stock at once has its effect as its label."""
    first, rest = products[:OFFERED], products[OFFERED:]
    field = "name" if key == "did_you_mean" else product_matching.telling(first, language)
    if field == "container" and not rest:
        products = first = sorted(first, key=lambda one: list(container_signs()).index(product_matching.container(one)))
    named = product_options(first, field, language)
    options = tuple(
        msgspec.structs.replace(one, label=_effect_of(item, product, language) or one.label)
        for one, product in zip(named, first, strict=True)
    )
    if key == "did_you_mean":
        named = options
    if rest:
        another = AnswerOption(ANOTHER, say(language, "another"), "…")
        named, options = (*named, another), (*options, another)
    item = msgspec.structs.replace(item, skus=tuple(one.sku for one in products), sku="")
    text = say(language, key, choices=choices(named))
    return Asked(item, "choosing_product", text, options, further=tuple(one.sku for one in rest))


def _effect_of(item: WantedItem, product: CatalogProduct, language: str) -> str:
    """The signed effect of choosing a product; "" while something else is open."""
    if item.clause.verb == ADD:
        quantity = None if item.clause.doubt else quantity_of(item.clause, product)
        return _with_sign(product, 1, 0, quantity, language) if quantity else ""
    amount = ask_amount(item, product, language)
    return _effect(item, product, *amount, language) if isinstance(amount, tuple) else ""


def _effect(item: WantedItem, product: CatalogProduct, boxes: int, units: int, language: str) -> str:
    moves = item.clause.verb in WAYS and not item.errand
    return say_effect(item, product, boxes, units, language) if moves else ""


def say_effect(item: WantedItem, product: CatalogProduct, boxes: int, units: int, language: str) -> str:
    """The movement with goods, unit and sign, also for incoming stock; of a count, the stock level."""
    if item.clause.verb == "adjust":
        stock = say_stock(product, boxes, units, language)
        return say(language, "counted_in_all", name=full_name(product, language), stock=stock)
    if item.where.target:  # a transfer doesn't change the shop's total
        return say_movement(product, boxes, units, language)
    return _with_sign(product, -1 if item.clause.verb in ("out", "waste") else 1, boxes, units, language)


def quantity_of(clause: Clause, product: CatalogProduct) -> int | None:
    """The quantity wanted, in thousandths; None if the unit doesn't fit: kilos of a piece item, six bananas by weight,
    a case of a product without cases. A litre of goods sold by the litre is one of them."""
    amount = THOUSANDTHS if clause.amount is None else clause.amount
    measure, factor = MEASURES.get(clause.unit, ("", 0))
    if measure and measure != product.unit:
        return product_matching.containers_of(product, amount * factor // 1000, measure)
    if measure:
        return amount * factor // 1000
    if product.unit in MEASURES:
        return None if clause.numbered and amount % THOUSANDTHS == 0 else amount
    word = clause.counted_as
    if (
        clause.unit != "box"
        or product_matching.is_counted_in(product, word)
        or product_matching.comes_in(product, word)
    ):
        return amount
    return amount * product.box if product.box else None


def ask_amount(item: WantedItem, product: CatalogProduct, language: str) -> tuple[int, int] | Asked | str:
    """The item's amount as boxes and loose thousandths, or the question that settles it. Returns a text if the amount
    is too large."""
    item = msgspec.structs.replace(item, sku=product.sku, skus=(product.sku,))
    if item.clause.unit == "box" and product_matching.is_counted_in(product, item.clause.counted_as):
        item = msgspec.structs.replace(item, clause=msgspec.structs.replace(item.clause, unit="unit"))
    if item.clause.unit == "box" and product.box and product_matching.comes_in(product, item.clause.counted_as):
        either = msgspec.structs.replace(item.clause, unit="", counted_as="")  # "2 cartons of milk"
        item = msgspec.structs.replace(item, clause=either)
    if not item.clause.unit and product.unit == "piece" and product_matching.says_pack(product, item.clause.text):
        item = msgspec.structs.replace(item, clause=msgspec.structs.replace(item.clause, unit="unit"))
    clause = item.clause
    if clause.verb == "adjust" and clause.amount == 0 and not (clause.doubt or clause.loose):
        return 0, 0
    if clause.doubt == "too_many":
        return say(language, "too_much", name=full_name(product, language))
    if clause.doubt:
        key = "above_zero" if clause.doubt == "negative" else "which_number"
        cleared = msgspec.structs.replace(clause, amount=None, doubt="")
        asked = _amount_of(msgspec.structs.replace(item, clause=cleared), product, language)
        return msgspec.structs.replace(asked, text=say(language, key, question=asked.text))
    if _is_loose(clause, product):
        return _amount_of(_without_unit(item), product, language)
    if product.unit != "piece":
        return _measured_amount(item, product, language)
    if clause.unit in MEASURES:
        items = quantity_of(clause, product) if clause.amount is not None else None
        return (0, items) if items else _amount_of(_without_unit(item), product, language)
    if not product.box:
        return _pieces(item, product, language)
    if not clause.unit or _is_pack(clause, product):
        return _boxes_or_units(item, product, language)
    if clause.amount is None:
        return _amount_of(item, product, language)
    return _of_box(item, product, language) if clause.unit == "box" else _whole(item, product, language)


def _is_loose(clause: Clause, product: CatalogProduct) -> bool:
    """Whether "a bunch" was said of a product not sold by the bunch, and so isn't a count."""
    word = (clause.counted_as,)
    vague = any(word in statement_words(one.language).loosely for one in vocabularies())
    return vague and clause.amount == THOUSANDTHS and not has_words(product, word)


def _is_pack(clause: Clause, product: CatalogProduct) -> bool:
    """Whether "packs" were counted of a product in bottles or cans, which may mean single units or boxes."""
    return clause.container == "pack" and product_matching.container(product) not in ("", "pack", "bag")


def _without_unit(item: WantedItem) -> WantedItem:
    return msgspec.structs.replace(
        item, clause=msgspec.structs.replace(item.clause, amount=None, unit="", grouped=False)
    )


def _measured_amount(item: WantedItem, product: CatalogProduct, language: str) -> tuple[int, int] | Asked:
    """The amount of a product sold by weight. A bare whole number is asked about, as single pieces have no known
    weight."""
    clause = item.clause
    if clause.amount is None:
        return _amount_of(item, product, language)
    if clause.grouped:  # "1.000": a thousand kilos, or one?
        asked = _amount_of(_without_unit(item), product, language)
        return msgspec.structs.replace(asked, text=say(language, "which_number", question=asked.text))
    if not clause.unit and clause.amount % THOUSANDTHS == 0 and product.unit in MEASURES:  # six bananas, or kilos?
        weighed = msgspec.structs.replace(clause, amount=None, unit=product.unit)
        return _amount_of(msgspec.structs.replace(item, clause=weighed), product, language)
    if not clause.unit:
        return 0, clause.amount
    if clause.unit == "box" and product.box:
        return _of_box(item, product, language)
    measure, factor = MEASURES.get(clause.unit, ("", 0))
    if measure != product.unit:
        return _amount_of(_without_unit(item), product, language)
    return 0, clause.amount * factor // 1000


def _pieces(item: WantedItem, product: CatalogProduct, language: str) -> tuple[int, int] | Asked:
    if item.clause.unit == "box":
        asked = _amount_of(_without_unit(item), product, language)
        text = say(language, "no_boxes", name=full_name(product, language), question=asked.text)
        return msgspec.structs.replace(asked, text=text)
    if item.clause.amount is None:
        return _amount_of(item, product, language)
    if of_packs := packs_or_one(item, product, language):
        return of_packs
    counted_whole = item.clause.unit or not item.clause.numbered
    if not counted_whole and product_matching.is_sold_in_packs(product):  # "2 eggs", or cartons of them?
        return _amount_of(_without_unit(item), product, language)
    return _whole(item, product, language)


def packs_or_one(item: WantedItem, product: CatalogProduct, language: str) -> Asked | None:
    """Ask whether a number counts packs or their contents ("a dozen eggs"); None if it's clear."""
    amount = item.clause.amount
    if amount is None or item.clause.unit or not (packs := product_matching.packs_of(product, amount)):
        return None
    if any(whole_number(word) * THOUSANDTHS == amount for word in item.clause.text.split()):
        return None  # "8 eight grain loaves": the name has its own number
    kind = product_matching.container(product) or "unit"
    many, few = (say_amount(n, kind, language) for n in (amount, packs))
    effects = [_effect(item, product, 0, n, language) for n in (amount, packs)]
    options = (
        AnswerOption(show_quantity(amount), effects[0] or many),
        AnswerOption(show_quantity(packs), effects[1] or few),
    )
    text = f"{full_name(product, language)}: {say(language, 'boxes_or_units', boxes=many, units=few)}"
    cleared = msgspec.structs.replace(item.clause, amount=None, unit="unit")
    item = msgspec.structs.replace(item, clause=cleared, sku=product.sku, skus=(product.sku,))
    return Asked(item, "asking_quantity", text, options)


def _whole(item: WantedItem, product: CatalogProduct, language: str) -> tuple[int, int] | Asked:
    amount = item.clause.amount
    if amount is None or amount % THOUSANDTHS:
        return _amount_of(_without_unit(item), product, language)
    return 0, amount


def _of_box(item: WantedItem, product: CatalogProduct, language: str) -> tuple[int, int] | Asked:
    """The amount in boxes; half a box becomes single units if that divides evenly."""
    boxes, part = divmod(item.clause.amount or 0, THOUSANDTHS)
    units = part * (product.box or 0)
    if units % THOUSANDTHS:
        return _amount_of(_without_unit(item), product, language)
    return boxes, units + (0 if says_content(item.clause, product) else item.clause.loose)


def says_other_container(clause: Clause, product: CatalogProduct) -> bool:
    """Whether a can was said of goods in bottles, or the other way round."""
    said, own = (
        {"glass": "bottle", "plastic": "bottle"}.get(one, one) for one in (clause.container, container(product))
    )
    return said != own and {said, own} == {"can", "bottle"}


def says_content(clause: Clause, product: CatalogProduct) -> bool:
    """Whether the single units named next to boxes are their contents: "a crate, 12 bottles"."""
    return clause.unit == "box" and 0 < clause.loose == (clause.amount or 0) * (product.box or 0)


def _boxes_or_units(item: WantedItem, product: CatalogProduct, language: str) -> Asked:
    amount = item.clause.amount
    if amount is None or amount % THOUSANDTHS:
        item = _without_unit(item)
        text = say(language, "many_boxes_or_units", units=loose_word(product, language))
        return Asked(item, "choosing_unit", text)
    boxes, units = say_amount(amount, "box", language), say_amount(amount, "unit", language)
    effects = [_effect(item, product, *each, language) for each in ((amount // THOUSANDTHS, 0), (0, amount))]
    options = (
        AnswerOption("box", effects[0] or boxes, "📦"),
        AnswerOption("unit", effects[1] or units, container_signs().get(product_matching.container(product), "")),
    )
    return Asked(item, "choosing_unit", say(language, "boxes_or_units", boxes=boxes, units=units), options)


def _amount_of(item: WantedItem, product: CatalogProduct, language: str) -> Asked:
    unit = say(language, "box_word") if item.clause.unit == "box" and product.box else units_word(product, language)
    item = msgspec.structs.replace(item, sku=product.sku, skus=(product.sku,))
    return Asked(item, "asking_quantity", say(language, "how_many", units=unit))


def _with_sign(product: CatalogProduct, sign: int, boxes: int, units: int, language: str) -> str:
    what = say_movement(product, sign * boxes, sign * units, language)
    return f"+{what}" if sign > 0 else what


def ask_way(item: WantedItem, product: CatalogProduct, boxes: int, units: int, language: str) -> Asked:
    """Ask which of two effects is meant if the sentence doesn't say whether goods came or went."""
    effects = [_with_sign(product, sign, boxes, units, language) for sign in (-1, 1)]
    ways = [AnswerOption(way, effect) for way, effect in zip(WAYS, effects, strict=False)]
    options = (*ways, AnswerOption("no", say(language, "neither"), "✖"))
    return Asked(item, "confirming", say(language, "which_way", choices=choices(options)), options)


def or_other_way(asked: Asked, product: CatalogProduct, boxes: int, units: int, language: str) -> Asked:
    """The question with the opposite effect as a second option, as the direction is uncertain."""
    way = "out" if asked.item.clause.verb == "in" else "in"
    sign = 1 if way == "in" else -1
    other = AnswerOption(way, _with_sign(product, sign, boxes, units, language))
    text = say(language, "or_other", question=asked.text, other=other.label)
    return msgspec.structs.replace(asked, text=text, options=(asked.options[0], other, asked.options[1]))


def yes_or_no(language: str, item: WantedItem, state: StateName, text: str, figure: int = 0, answer: str = "") -> Asked:
    """Ask a question with the answers yes and no. `figure`: the number it shows; `answer`: see `Asked`."""
    yes, no = (AnswerOption(one, say(language, one), sign) for one, sign in (("yes", "✅"), ("no", "✖")))
    return Asked(item, state, text, (yes, no), figure, answer=answer)
