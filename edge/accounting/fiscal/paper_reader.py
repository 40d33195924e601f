"""Papers of a period from the journal, including archived rows, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal.fiscal_paper import FiscalPaper, paper_of
from edge.core.journal.archive import archived_through
from edge.core.journal.rows import fact_of, read_rows, read_rows_at
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, TenderCorrected
from edge.counter.till.live_settings import live
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.fault import FiscalFault
from sync.wire import Row

_PAPERS = """
    SELECT seq FROM receipt WHERE business_date >= ? AND business_date <= ? AND (?3 = '' OR register = ?3) AND seq <= ?4
    ORDER BY seq
"""
_CORRECTED = "SELECT seq FROM corrected_sale WHERE register = ? AND number = ?"
AT_A_TURN = 50
"""Papers to read before pausing."""
PAGE_ROWS = 500
"""Archived rows to read at a time, as finding one means opening part of a file."""
AT_ONCE = 100
"""Papers whose rows are read together."""
KEPT = 256
"""Events to cache, as the next paper may refer to them."""


class PaperReader:
    """Reads papers as of journal row `through`. `corrected`: return sales with tenders as corrected by then, instead of
    as originally entered. `rest` is called after every few papers."""

    def __init__(
        self,
        db: Connection,
        registry: Registry,
        till: TillSettings,
        through: int,
        corrected: bool = True,
        rest: Callable[[], None] | None = None,
    ) -> None:
        self.db = db
        self.through = through
        self._registry = registry
        self._till = live(till).at(db)
        self._zone = ZoneInfo(till.zone)
        self._corrected = corrected
        self._rest = rest
        self._papers = 0
        self._page: dict[int, Row] = {}
        self._archived = archived_through(db)
        self.fact = lru_cache(KEPT)(self._fact)

    def papers(self, since: str, until: str, register: str = "") -> Iterator[FiscalPaper]:
        """Papers of business dates, in journal order. Raises `FiscalFault` if one is unreadable."""
        found = [seq for (seq,) in self.db.execute(_PAPERS, (since, until, register, self.through)).fetchall()]
        for at in range(0, len(found), AT_ONCE):
            self.expect(found[at : at + AT_ONCE])
            for seq in found[at : at + AT_ONCE]:
                yield self.paper(seq)

    def expect(self, seqs: Iterable[int]) -> None:
        """Prefetch rows that will be needed next."""
        wanted = [seq for seq in seqs if seq > self._archived]
        if wanted:
            self._page = {row.seq: row for row in read_rows_at(self.db, wanted)}

    def paper(self, seq: int, language: str = "") -> FiscalPaper:
        """The paper at a row, with product names in `language`, or in the shop's if empty."""
        self._papers += 1
        if self._rest and self._papers % AT_A_TURN == 0:
            self._rest()
        fact = self._as_paid(self.fact(seq))
        try:
            table = self._till.on(fact.business_date).tax
            return paper_of(fact, self._read, self._zone, table, language or self._till.language)
        except (LookupError, TypeError) as error:
            raise FiscalFault("paper", f"row {seq}", f"{error}.", "Run `edge verify`.") from error

    def _fact(self, seq: int) -> RecordedEvent:
        if (row := self._page.get(seq)) is None:
            rows = read_rows(self.db, seq, PAGE_ROWS if seq <= self._archived else 1)
            if not rows or rows[0].seq != seq:
                raise FiscalFault("missing", f"row {seq}", "the journal doesn't have this row.", "Run `edge verify`.")
            row = rows[0]
            if seq <= self._archived:
                self._page = {one.seq: one for one in rows}
        return fact_of(self._registry, row)

    def _read(self, register: str, number: int) -> RecordedEvent | None:
        receipt = read_receipt(self.db, register, number)
        return self._as_paid(self.fact(receipt.seq)) if receipt else None

    def _as_paid(self, fact: RecordedEvent) -> RecordedEvent:
        """A sale with its tenders as known at row `through`."""
        if not self._corrected or not isinstance(fact.event, SaleCompleted):
            return fact
        found = self.db.execute(_CORRECTED, (fact.register, fact.event.number)).fetchone()
        correction = self.fact(found[0]) if found else None
        if correction is None or not isinstance(correction.event, TenderCorrected):
            return fact
        later, now = correction.seq > self.through, correction.event
        money = {
            "tenders": now.was if later else now.tenders,
            "change_minor": now.was_change_minor if later else 0,
            "rounding_minor": now.was_rounding_minor if later else now.rounding_minor,
        }
        return msgspec.structs.replace(fact, event=msgspec.structs.replace(fact.event, **money))
