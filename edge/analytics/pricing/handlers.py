"""Handlers of pricing commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from edge.analytics.pricing.commands import (
    FinishPrices,
    LeaveProposedPrices,
    NoteCompetitorPrice,
    RevertPriceModel,
    TakeProposedPrices,
    TrainPrices,
)
from edge.analytics.pricing.events import (
    CompetitorPriceNoted,
    PriceModelReverted,
    PricesProposed,
    ProposedPrice,
    ProposedPriceAnswered,
)
from edge.analytics.pricing.priceable_products import PriceableProduct, priceable_products
from edge.analytics.pricing.queries import (
    count_proposed,
    model_at,
    price_models,
    priced_by_head_office,
    proposals_of,
    read_price_model,
    rejected_since,
)
from edge.analytics.pricing.rules import ACCEPT_DAYS, REJECTED_DAYS
from edge.core.jobs.store import queue
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.commands import SetPrice
from edge.goods.catalog.prices import price_at, prices_ahead
from edge.goods.catalog.product import Source
from edge.goods.catalog.queries import read_products
from edge.lib.units.dates import after

PRICES_JOB = "prices"
HeldCategories = Callable[[Connection], Sequence[str]]
_RUNNING = "SELECT id FROM job WHERE kind = ? AND state IN ('queued', 'running') ORDER BY id LIMIT 1"
_OTHERS = "SELECT competitor FROM competitor_price WHERE sku = ?"
COMPETITORS = 20
"""Maximum competitors with a current price per product."""


class PricesJob(msgspec.Struct, frozen=True):
    """Parameters of the job `prices`: learn from days before `today`; requested at `at_us`."""

    today: str
    at_us: int


def train(tx: Transaction, command: TrainPrices) -> int:
    """Queue a training job; returns its id, or the id of one already running."""
    running = tx.db.execute(_RUNNING, (PRICES_JOB,)).fetchone()
    return int(running[0]) if running else queue(tx, PRICES_JOB, PricesJob(tx.business_date, tx.at_us))


def finish(tx: Transaction, command: FinishPrices) -> None:
    """Store the model unless one with its version exists, and replace the suggestions of the model in use.

    The new suggestions are left out if another model than `priced_by` is in use.
    """
    version = command.trained.model_version
    if read_price_model(tx.db, version) is None:
        tx.append(command.trained)
    in_use = model_at(tx.db, 0)
    prices = _still_asked(tx, command.prices) if in_use and in_use.version == command.priced_by else ()
    if in_use and (prices or count_proposed(tx.db)):
        tx.append(PricesProposed(in_use.version, prices))


def _still_asked(tx: Transaction, prices: tuple[ProposedPrice, ...]) -> tuple[ProposedPrice, ...]:
    """The suggestions, except for products rejected or repriced during training."""
    skus = [one.sku for one in prices]
    left = rejected_since(tx.db, skus, after(tx.business_date, -REJECTED_DAYS))
    listed, _ = prices_ahead(tx.db, skus, [tx.at_us])
    return tuple(one for one in prices if one.sku not in left and listed.get(one.sku) == one.was_minor)


def take(held: HeldCategories) -> Callable[[Transaction, TakeProposedPrices], None]:
    """Return the handler that approves suggestions with `SetPrice`.

    `held`: categories with prices fixed by law or by the shop.
    """

    def handler(tx: Transaction, command: TakeProposedPrices) -> None:
        skus = tuple(dict.fromkeys(command.skus))
        proposed, kept = proposals_of(tx.db, skus), held(tx.db)
        priceable = priceable_products(tx.db, skus, tx.business_date, tx.at_us, kept)
        newest = price_models(tx.db, 1)
        too_old = not newest or tx.at_us - newest[0].trained_us > ACCEPT_DAYS * 86_400_000_000
        for sku in skus:
            if sku not in proposed:
                raise Refusal("price_not_proposed", {"sku": sku})
            version, one = proposed[sku]
            if too_old:
                raise Refusal("price_proposed_long_ago", {"sku": sku, "days": ACCEPT_DAYS})
            _require_applicable(tx, one, kept, priceable.get(sku))
            source = Source(f"model {version}")
            tx.do(SetPrice(sku, one.price_minor, from_us=tx.at_us, source=source))
            tx.append(ProposedPriceAnswered(sku, version, one.price_minor, True))

    return handler


def _require_applicable(
    tx: Transaction, one: ProposedPrice, held: Sequence[str], product: PriceableProduct | None
) -> None:
    """Raise `Refusal` if the suggestion no longer applies.

    The price has changed since; head office, the law or the shop sets it; the product's price may not be changed now;
    or the new price is below cost.
    """
    sku = one.sku
    now = price_at(tx.db, sku, tx.at_us)
    if now != one.was_minor:
        raise Refusal("price_moved", {"sku": sku})
    place = places_of(tx.db, [sku]).get(sku)
    if priced_by_head_office(tx.db, [sku], tx.at_us) or (place and not set(place.categories).isdisjoint(held)):
        raise Refusal("price_not_ours", {"sku": sku})
    if product is None:
        raise Refusal("price_not_settled", {"sku": sku})
    if one.price_minor < product.least_minor:
        raise Refusal("price_below_cost", {"sku": sku})


def leave(tx: Transaction, command: LeaveProposedPrices) -> None:
    skus = tuple(dict.fromkeys(command.skus))
    proposed = proposals_of(tx.db, skus)
    for sku in skus:
        if sku not in proposed:
            raise Refusal("price_not_proposed", {"sku": sku})
        version, one = proposed[sku]
        tx.append(ProposedPriceAnswered(sku, version, one.price_minor, False))


def revert(tx: Transaction, command: RevertPriceModel) -> None:
    now, before = model_at(tx.db, 0), model_at(tx.db, 1)
    if now is None or before is None:
        raise Refusal("no_earlier_price_model")
    tx.append(PriceModelReverted(before.version, now.version))


def note_competitor(tx: Transaction, command: NoteCompetitorPrice) -> None:
    if command.sku not in read_products(tx.db, [command.sku]):
        raise Refusal("unknown_sku", {"sku": command.sku})
    competitor, price = command.competitor.strip(), command.price_minor
    known = {name for (name,) in tx.db.execute(_OTHERS, (command.sku,))}
    if price is not None and competitor not in known and len(known) >= COMPETITORS:
        raise Refusal("too_many_competitors", {"sku": command.sku, "limit": COMPETITORS})
    if price is not None or competitor in known:
        tx.append(CompetitorPriceNoted(command.sku, competitor, price, tx.business_date))
