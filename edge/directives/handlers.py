"""Commands of directives, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from edge.catalog.commands import SetPrice
from edge.catalog.events import PriceChanged, PriceSet
from edge.catalog.product import Source
from edge.catalog.queries import find_by_code, find_by_sku
from edge.core import jobs
from edge.core.database import Connection
from edge.core.shapes import Chunk, Done, Refused, Transaction
from edge.directives.commands import ApplyPrices, EndDirective, NewPrice, Prices, TakeDirective
from edge.directives.events import DirectiveApplied, DirectiveRefused
from edge.directives.queries import taken_through

APPLY_JOB = "apply_directive"
CHUNK = 50
HEAD_OFFICE = "head office"
"""The source that its directives are for the catalogue."""
UNKNOWN_LIMIT = 100
"""Unknown products that are named; of more, only the first are."""

_bodies = {"prices": msgspec.json.Decoder(Prices)}


def take_directive(tx: Transaction, command: TakeDirective) -> Refused | None:
    if command.number <= taken_through(tx.db):
        return None
    decoder = _bodies.get(command.kind)
    if decoder is None:
        tx.append(DirectiveRefused(command.number, command.kind, "this version does not know its kind"))
        return None
    try:
        decoder.decode(command.body)
    except msgspec.DecodeError as error:
        tx.append(DirectiveRefused(command.number, command.kind, str(error)))
        return None
    tx.db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (command.number, command.kind))
    jobs.queue(tx, APPLY_JOB, {"number": command.number, "kind": command.kind, "body": command.body})
    return None


def apply_prices(tx: Transaction, command: ApplyPrices) -> None:
    changed, unknown = 0, []
    for new in command.prices:
        product = find_by_sku(tx.db, new.sku) if new.sku else find_by_code(tx.db, new.code)
        if product is None or product.units > 1:  # what a case costs is no price of the product
            unknown.append(new.sku or new.code)
            continue
        done = tx.do(_pricing(product.sku, new, tx.at_us, Source(HEAD_OFFICE, f"directive {command.number}")))
        changed += isinstance(done, Done) and any(isinstance(event, PriceChanged | PriceSet) for event in done.events)
    row = tx.db.execute("SELECT unknown FROM directive_open WHERE number = ?", (command.number,)).fetchone()
    known: list[str] = msgspec.json.decode(row[0]) if row else []
    named = msgspec.json.encode([*known, *unknown][:UNKNOWN_LIMIT]).decode()
    tx.db.execute(
        "UPDATE directive_open SET changed = changed + ?, unknown = ? WHERE number = ?",
        (changed, named, command.number),
    )


def _pricing(sku: str, new: NewPrice, now: int, source: Source) -> SetPrice:
    """The command behind a row; what should have begun begins now."""
    from_us = new.from_us if new.from_us is not None and new.from_us > now else None
    return SetPrice(sku, new.price_minor, new.list, from_us, new.until_us, source)


def end_directive(tx: Transaction, command: EndDirective) -> None:
    row = tx.db.execute(
        "DELETE FROM directive_open WHERE number = ? RETURNING kind, changed, unknown", (command.number,)
    ).fetchone()
    if row:
        kind, changed, unknown = row
        tx.append(DirectiveApplied(command.number, kind, changed, tuple(msgspec.json.decode(unknown))))


def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """The directive of a job, from a row on, and its end."""
    number, prices = params["number"], _prices(params)
    total = len(prices) + 1
    for start in range(cursor, len(prices), CHUNK):
        part = prices[start : start + CHUNK]
        yield Chunk((ApplyPrices(number, part),), start + len(part), total=total)
    yield Chunk((EndDirective(number),), total, total=total)


def _prices(params: Any) -> tuple[NewPrice, ...]:
    body: Prices = _bodies[params["kind"]].decode(params["body"])
    return body.prices
