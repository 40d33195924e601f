"""Products, prices and quantities offered to a web shop, without overselling.

The quantity set in the web shop is our unreserved stock, minus its orders that haven't arrived here yet. Those are the
difference between the number we set and the web shop's current number. Only pieces are offered; the web shop sells
weighed goods as articles of a fixed weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.queries import ran_out
from edge.goods.assortment.queries import unlisted_skus
from edge.goods.catalog.least_age import least_ages, unclassified_in
from edge.goods.catalog.prices import store_prices
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.catalog.queries import leaving, read_products
from edge.goods.modifiers.modifier import SizePrice
from edge.goods.modifiers.queries import modifier_groups
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import available_of, promised
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.money import amount_minor
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.web_orders.web_article import WebArticle, names_of
from edge.ordering.web_orders.web_order import OFFERS_MOST, WebLine

UNDERWAY_US = 30 * 60_000_000
"""A difference unexplained for this long isn't an order, but a manual change in the web shop (microseconds)."""
UNCOUNTED = 999
"""The number set for products without stock counts if the web shop requires a number."""
_STATE = "SELECT sku, pieces, underway, arrived, since_us FROM web_offer WHERE channel = ?"
_KEEP = """
    INSERT INTO web_offer (channel, sku, pieces, underway, arrived, since_us) VALUES (?1, ?2, ?3, ?4, 0, ?5)
    ON CONFLICT (channel, sku) DO UPDATE SET pieces = ?3, underway = ?4, arrived = max(0, arrived - ?6), since_us = ?5
"""
_ARRIVED = "UPDATE web_offer SET arrived = arrived + ? WHERE (channel, sku) = (?, ?)"
_OFFERED = "SELECT sku FROM product WHERE retired_us IS NULL AND coalesce(body ->> '$.unit', 'piece') = 'piece' LIMIT ?"


class WebChoice(msgspec.Struct, frozen=True):
    """A modifier that can be chosen, as an order names it (`milk/oat`), and its surcharge.

    `sizes`: its surcharge together with another modifier.
    """

    ref: str
    names: dict[str, str]
    price_minor: int
    sizes: tuple[SizePrice, ...] = ()


class WebChoices(msgspec.Struct, frozen=True):
    """A group of modifiers, of which from `least` to `most` are chosen."""

    names: dict[str, str]
    least: int
    most: int
    choices: tuple[WebChoice, ...]


class WebOffer(msgspec.Struct, frozen=True):
    """A product as it's sold now.

    `pieces`: unreserved pieces; None: not counted. `min_age`: the buyer's minimum age; 0: none.
    """

    sku: str
    names: dict[str, str]
    price_minor: int
    pieces: int | None
    min_age: int = 0
    modifiers: tuple[WebChoices, ...] = ()


class OfferState(msgspec.Struct, frozen=True):
    """A product's state at a channel; see `tables.sql`."""

    sku: str
    pieces: int
    underway: int = 0
    arrived: int = 0
    since_us: int = 0


def offered_skus(db: Connection) -> list[str]:
    """Products sold by the piece; at most 5,000."""
    return [sku for (sku,) in db.execute(_OFFERED, (OFFERS_MOST,))]


def read_offers(
    db: Connection, skus: Sequence[str], at_us: int, business_date: str, place: Jurisdiction
) -> dict[str, WebOffer]:
    """These products as a store at `place` sells them now, by SKU.

    Leaves out products that have no price, are discontinued, or await a category.
    """
    prices, out = store_prices(db, list(skus), at_us), ran_out(db, business_date)
    found = read_products(db, list(skus))
    known = {sku: one for sku, (_, one, retired) in found.items() if retired is None and sku in prices}
    known = {sku: one for sku, one in known.items() if unclassified_in(db, one) is None}
    parts = {sku: leaving(db, one.parts) for sku, one in known.items() if one.parts}
    needed = [*known, *(part.sku for of in parts.values() for part in of)]
    free, unlisted = _free(db, needed), unlisted_skus(db)
    ages = least_ages(db, list(known.values()), place)
    offers = {}
    for sku, product in known.items():
        if product.unit not in (None, "piece"):
            continue
        pieces = 0 if sku in out else _pieces(product, parts.get(sku, ()), free)
        if pieces is None and sku in unlisted:
            pieces = 0  # no longer listed and not counted, so it can't be offered
        about = (product.names or {}, prices[sku], pieces, ages[sku])
        offers[sku] = WebOffer(sku, *about, _choices(db, sku))
    return offers


def read_article_offers(
    db: Connection,
    articles: Mapping[str, WebArticle],
    underway: Mapping[str, int],
    at_us: int,
    business_date: str,
    place: Jurisdiction,
) -> dict[str, WebOffer]:
    """A channel's articles, by the channel's names for them.

    Each has the price of its quantity of our product with its modifiers, and the number available. Orders for the same
    product through other articles that are `underway` (in pieces of those articles) are deducted.
    """
    skus = sorted({one.sku for one in articles.values()})
    prices, out = store_prices(db, skus, at_us), ran_out(db, business_date)
    found = {
        sku: one for sku, (_, one, retired) in read_products(db, skus).items() if retired is None and sku in prices
    }
    found = {sku: one for sku, one in found.items() if unclassified_in(db, one) is None}
    parts = {sku: leaving(db, one.parts) for sku, one in found.items() if one.parts}
    free = _free(db, [*found, *(part.sku for of in parts.values() for part in of)])
    ages = least_ages(db, list(found.values()), place)
    offers = {}
    for name, article in articles.items():
        if (product := found.get(article.sku)) is None:
            continue
        there = _thousandths(product, parts.get(product.sku, ()), free)
        if there is not None:
            there -= sum(
                underway.get(other, 0) * one.quantity
                for other, one in articles.items()
                if other != name and one.sku == product.sku
            )
        pieces = 0 if product.sku in out else None if there is None else max(0, there // article.quantity)
        price_minor = amount_minor(prices[product.sku] + _modifiers_minor(db, article), article.quantity)
        offers[name] = WebOffer(name, product.names or {}, price_minor, pieces, ages[product.sku])
    return offers


def _modifiers_minor(db: Connection, article: WebArticle) -> int:
    """The surcharge of an article's modifiers."""
    chosen = frozenset(article.modifiers)
    return sum(
        one.price_beside(chosen)
        for group in (modifier_groups(db, article.sku) if chosen else ())
        for one in group.modifiers
        if f"{group.id}/{one.id}" in chosen
    )


def _free(db: Connection, skus: Sequence[str]) -> dict[str, int]:
    """Stock in thousandths, by SKU, that is neither reserved nor recalled.

    Products without stock counts are omitted.
    """
    recalled = promised.recalled_on_hand(db, MAIN)
    return {sku: there - recalled.get(sku, 0) for sku, there in available_of(db, list(skus), MAIN).items()}


def _thousandths(product: Product, parts: Sequence[BundlePart], free: Mapping[str, int]) -> int | None:
    """The quantity of a product that can be sold, in whole pieces for a bundle; None: not counted."""
    if not parts:
        return free.get(product.sku)
    pieces = _pieces(product, parts, free)
    return None if pieces is None else pieces * THOUSANDTHS


def _pieces(product: Product, parts: Sequence[BundlePart], free: Mapping[str, int]) -> int | None:
    """Whole pieces that can be sold; None if neither the product nor any of its parts is counted."""
    if parts:
        there = [
            free[part.sku] * part.whole // (part.quantity * THOUSANDTHS)
            for part in parts
            if part.sku in free and part.whole
        ]
    else:
        there = [free[product.sku] // THOUSANDTHS] if product.sku in free else []
    return max(0, min(there)) if there else None


def _choices(db: Connection, sku: str) -> tuple[WebChoices, ...]:
    return tuple(
        WebChoices(
            group.names,
            group.least,
            group.most,
            tuple(WebChoice(f"{group.id}/{one.id}", one.names, one.price_minor, one.sizes) for one in group.modifiers),
        )
        for group in modifier_groups(db, sku)
    )


def note_arrived(db: Connection, channel: str, lines: Iterable[WebLine]) -> None:
    """Deduct an accepted order from its channel's differences."""
    for line in lines:
        for name in names_of(line):
            db.execute(_ARRIVED, (line.quantity // THOUSANDTHS, channel, name))


def offer_states(db: Connection, channel: str) -> dict[str, OfferState]:
    """A channel's offers as last set, by SKU."""
    return {row[0]: OfferState(*row) for row in db.execute(_STATE, (channel,))}


def keep_offers(db: Connection, channel: str, states: Iterable[tuple[OfferState, int]]) -> None:
    """Store the current state of products at a channel, each with the arrived quantity that it includes."""
    for one, reckoned in states:
        db.execute(_KEEP, (channel, one.sku, one.pieces, one.underway, one.since_us, reckoned))


def under_way(known: OfferState, theirs: int) -> int:
    """The quantity ordered at a channel that hasn't arrived here yet. Pure.

    `theirs`: the number that the channel has left.
    """
    return max(0, known.underway + max(0, known.pieces - theirs) - known.arrived)


def offer_state(known: OfferState, theirs: int, ours: int, at_us: int) -> OfferState:
    """The state to set at a channel that has `theirs` left, with `ours` unreserved here. Pure.

    >>> offer_state(OfferState("tea", 5), 4, 5, 0)  # one was ordered there, and is under way
    OfferState(sku='tea', pieces=4, underway=1, arrived=0, since_us=0)
    >>> offer_state(OfferState("tea", 4, 1, arrived=1), 4, 4, 0)  # it came
    OfferState(sku='tea', pieces=4, underway=0, arrived=0, since_us=0)
    """
    underway = under_way(known, theirs)
    since_us = at_us if underway > known.underway or not underway else known.since_us
    if underway and at_us - since_us > UNDERWAY_US:
        underway = 0
    return OfferState(known.sku, max(0, ours - underway), underway, 0, since_us if underway else 0)
