"""Handlers of commands for held rows, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.commands import RetireProducts, SetProducts, UndoChanges
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.goods.quality.commands import (
    DecidedRow,
    DropHeld,
    HoldAgain,
    HoldProducts,
    NoteSource,
    ReleaseHeld,
    WithdrawHeld,
)
from edge.goods.quality.events import (
    RETIRED_AT_SOURCE,
    HeldDropped,
    HeldReleased,
    HeldWithdrawn,
    ProductHeld,
    SamenessSaid,
)
from edge.goods.quality.queries import Held, held_values

_replace = msgspec.structs.replace


def hold_products(tx: Transaction, command: HoldProducts) -> None:
    skus = [product.sku for product in command.products]
    known, held = read_products(tx.db, skus), held_values(tx.db, skus, command.source.name)
    for place, product in enumerate(command.products):
        free = product.price_minor == 0
        is_new = product.sku not in known
        if is_new and not product.names:
            raise Refusal("unknown_sku", {"sku": product.sku})
        was_minor = None if is_new else known[product.sku][1].price_minor
        gate = command.gates[place] if place < len(command.gates) else None
        if _is_kept(product, held.get(product.sku)):
            continue
        if gate is None and (product.price_minor is None or (was_minor is None and not (free or is_new))):
            continue
        line = command.lines[place] if place < len(command.lines) else command.source.line
        tx.append(ProductHeld(product, _replace(command.source, line=line), was_minor, gate))


def release_held(tx: Transaction, command: ReleaseHeld) -> tuple[DecidedRow, ...]:
    held = held_values(tx.db, command.skus, command.source)
    for sku in dict.fromkeys(command.skus):
        if sku not in held:
            raise Refusal("not_held", {"sku": sku, "source": command.source})
    decided = []
    for sku in dict.fromkeys(command.skus):
        product, gate = held[sku].product, held[sku].gate
        if other := held[sku].proposed_sku:
            tx.append(SamenessSaid(sku, command.source, other, is_same=True))
            product = _replace(product, sku=other)
        retires = gate is not None and gate.code == RETIRED_AT_SOURCE
        wanted = RetireProducts((sku,), held[sku].source) if retires else SetProducts((product,), held[sku].source)
        done = tx.do(wanted)
        tx.append(HeldReleased(sku, command.source))
        if not other:
            changed = find_by_sku(tx.db, sku) if done.events else None
            decided.append(_describe_decision(held[sku], done.first_seq, changed.seq if changed else 0))
    return tuple(decided)


def drop_held(tx: Transaction, command: DropHeld) -> tuple[DecidedRow, ...]:
    held, decided = held_values(tx.db, command.skus, command.source), []
    for sku in dict.fromkeys(command.skus):
        if sku not in held:
            raise Refusal("not_held", {"sku": sku, "source": command.source})
        if other := held[sku].proposed_sku:  # rejecting the match makes it a separate product
            tx.append(SamenessSaid(sku, command.source, other, is_same=False))
            tx.do(SetProducts((held[sku].product,), held[sku].source))
            tx.append(HeldReleased(sku, command.source))
        elif not held[sku].dropped:
            tx.append(HeldDropped(sku, command.source))
            decided.append(_describe_decision(held[sku]))
    return tuple(decided)


def _describe_decision(held: Held, first: int = 0, last: int = 0) -> DecidedRow:
    return DecidedRow(held.product, held.source, held.was_minor, held.gate, first, last)


def hold_again(tx: Transaction, command: HoldAgain) -> None:
    for row in command.rows:
        sku, name = row.product.sku, row.source.name
        held = held_values(tx.db, [sku], name).get(sku)
        if held is not None and not held.dropped:
            raise Refusal("held_changed", {"sku": sku})
        if row.first and tx.do(UndoChanges(((sku, row.first, row.last),), Source(name))).result:
            raise Refusal("held_changed", {"sku": sku})
        tx.append(ProductHeld(row.product, row.source, row.was_minor, row.gate))


def withdraw_held(tx: Transaction, command: WithdrawHeld) -> None:
    held = held_values(tx.db, command.skus, command.source.name)
    for sku in dict.fromkeys(command.skus):
        if sku in held and not held[sku].dropped and held[sku].source.checksum == command.source.checksum:
            tx.append(HeldWithdrawn(sku, command.source.name))


def note_source(tx: Transaction, command: NoteSource) -> None:
    source = command.source
    tx.db.execute(
        "INSERT OR REPLACE INTO source_seen (source, checksum, file, rows, at_us) VALUES (?, ?, ?, ?, ?)",
        (source.name, source.checksum, command.file, command.rows, tx.at_us),
    )


def _is_kept(product: Product, held: Held | None) -> bool:
    """Whether this change is already held, or was rejected at the same price."""
    if held is None or held.product == product:
        return held is not None
    return held.dropped and product.price_minor is not None and held.price_minor == product.price_minor
