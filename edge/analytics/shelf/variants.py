"""Distinguish two similar-looking products in a facing by text and codes on it, and on the label below.

Within a product family, looks alone never show that another product is there; that takes a code, word or price that
contradicts the plan.
"""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec
import structlog

from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.labels import prices_in
from edge.analytics.shelf.sight_process import SightError, SightProcess
from edge.analytics.shelf.text_reading import read_lines, reader_of
from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_code, find_by_sku, read_products
from edge.lib.sight.kinds import FrontsRead, FrontText, Look, Looked, ReadFronts, Seen

_log = structlog.get_logger(__name__)
Verdict = Literal["planned", "other", ""]
AT_ONCE = 4
"""Number of facings read per look; the rest are read in the next looks."""
LOOK_S = 10.0
"""Time limit in seconds for all reading in a look, as the camera's next look waits for it."""
HOLDS_S: dict[Verdict, float] = {"planned": 3600.0, "": 3600.0, "other": 600.0}
"""Seconds for which a reading stays valid while goods are seen there, by verdict.

Reading text is slow, and goods stay for hours. A different product becomes a finding after an hour, so it is read
several times first.
"""
UNREAD_S = 300.0
"""Seconds after a reading timed out during which other facings have priority."""
KEPT = 500
_WORD = re.compile(r"[^\W\d_]{3,}")


class FacingKey(NamedTuple):
    """A possible confusion: a facing in a planogram version, and the other product it might contain."""

    bay: str
    edition: int
    facing: str
    instead: str


class KnownProduct(msgspec.Struct, frozen=True):
    """Text that may be printed on a product: its SKU, the words of its names, and its price in
    hundredths (None: none).
    """

    sku: str
    words: frozenset[str]
    price_minor: int | None = None


class ReadText(msgspec.Struct, frozen=True):
    """Text read in one place: products identified by code, and lines of text."""

    skus: frozenset[str] = frozenset()
    text: str = ""


def distinguish_products(planned: KnownProduct, other: KnownProduct, front: ReadText, label: ReadText) -> Verdict:
    """Decide between two products by the front, or else by the label. "": undecided."""
    return _text_verdict(planned, other, front) or _text_verdict(planned, other, label)


def _text_verdict(planned: KnownProduct, other: KnownProduct, read: ReadText) -> Verdict:
    """The product supported by the evidence; "" if there is no evidence, or it is contradictory."""
    words, prices = words_of([read.text]), prices_in(read.text)
    pairs: tuple[tuple[Collection[object], object, object], ...] = (
        (read.skus, {planned.sku}, {other.sku}),
        (words, planned.words - other.words, other.words - planned.words),
        (prices, {planned.price_minor} - {other.price_minor}, {other.price_minor} - {planned.price_minor}),
    )
    said: set[Verdict] = set()
    for seen, ours, theirs in pairs:
        is_ours, is_theirs = bool(set(seen) & set(ours)), bool(set(seen) & set(theirs))  # type: ignore[call-overload]
        if is_ours != is_theirs:
            said.add("planned" if is_ours else "other")
    return said.pop() if len(said) == 1 else ""


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Words of at least three letters, ignoring case and accents."""
    plain = (unicodedata.normalize("NFKD", text).casefold() for text in texts)
    return frozenset(word for text in plain for word in _WORD.findall(re.sub(r"[\u0300-\u036f]", "", text)))


class VariantReader:
    """Reads text on goods that look like others of their family."""

    def __init__(self, shop: CommandBus, eyes: SightProcess, models: object = None) -> None:
        self._shop = shop
        self._eyes = eyes
        self._models = models
        self._known: dict[FacingKey, tuple[Verdict, float]] = {}
        """Readings, and the time until which each is valid (s)."""

    async def told_apart(self, plan: PlanogramSet, look: Look, looked: Looked) -> Looked:
        """The look corrected by text: a facing with certainly another product becomes `wrong`; one with certainly the
        planned product loses its `instead`.
        """
        changed = {(plan.bay, one.id) for one in looked.facings if one.state in ("gap", "low", "wrong")}
        self._known = {key: told for key, told in self._known.items() if (key.bay, key.facing) not in changed}
        unsure = [one for one in looked.facings if one.state == "present" and one.instead]
        if not unsure:
            return looked
        now_s = time.monotonic()
        stale = [one for one in unsure if now_s >= self._known.get(_key(plan, one), ("", now_s))[1]]
        if stale:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._read(plan, look, stale[:AT_ONCE])
            except TimeoutError:
                _log.warning("not all products were recognised in time", bay=plan.bay)
        verdicts = {one.id: self._known.get(_key(plan, one), ("", 0.0))[0] for one in unsure}
        facings = tuple(_with(one, verdicts.get(one.id, "")) for one in looked.facings)
        return msgspec.structs.replace(looked, facings=facings)

    async def _read(self, plan: PlanogramSet, look: Look, unsure: Sequence[Seen]) -> None:
        for one in unsure:
            self._keep(_key(plan, one), "", UNREAD_S)
        ids = tuple(one.id for one in unsure)
        ask = fronts_of(look, ids)
        try:
            fronts = (await self._eyes.ask(ask, FrontsRead)).fronts
        except SightError as error:
            _log.warning("products couldn't be recognised", bay=plan.bay, why=error.code)
            return
        planned = {facing.id: facing.sku for facing in plan.layout.facings}
        db, now_us = self._shop.reader, self._shop.now_us()
        for one, (front, label) in zip(unsure, fronts, strict=True):
            ours, theirs = (_known_product(db, sku, now_us) for sku in (planned[one.id], one.instead))
            goods = await self._text(front)
            below = await self._text(label) if goods else None
            if goods and below:
                verdict = distinguish_products(ours, theirs, goods, below)
                self._keep(_key(plan, one), verdict, HOLDS_S[verdict])

    def _keep(self, key: FacingKey, verdict: Verdict, for_s: float) -> None:
        self._known.pop(key, None)  # reinserted last, as the oldest are dropped first
        self._known[key] = verdict, time.monotonic() + for_s
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))

    async def _text(self, read: FrontText) -> ReadText | None:
        """The text read; None if reading took too long."""
        reader = reader_of(self._models)
        lines = await read_lines(reader, read.data) if reader else ()
        if lines is None:
            return None
        found = (find_by_code(self._shop.reader, code) for code in read.codes)
        return ReadText(frozenset(one.sku for one in found if one), " ".join(str(line.text)[:200] for line in lines))


def fronts_of(look: Look, ids: tuple[str, ...]) -> ReadFronts:
    """The request to read these facings in a look's picture, at most FRONTS of them."""
    return ReadFronts(look.data, look.layout, look.full, look.bare, look.key, look.masks, look.night, ids=ids)


def _known_product(db: Connection, sku: str, now_us: int) -> KnownProduct:
    names = [name for _, product, _ in read_products(db, [sku]).values() for name in (product.names or {}).values()]
    found = find_by_sku(db, sku, now_us)
    return KnownProduct(sku, words_of(names), found.price_minor if found else None)


def _key(plan: PlanogramSet, seen: Seen) -> FacingKey:
    return FacingKey(plan.bay, plan.edition, seen.id, seen.instead)


def _with(seen: Seen, verdict: Verdict) -> Seen:
    if verdict == "other":
        return msgspec.structs.replace(seen, state="wrong")
    return msgspec.structs.replace(seen, instead="") if verdict == "planned" else seen
