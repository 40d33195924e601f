"""Québec's user report of a till, made from its signed transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_outbox import Outbox, SignedTransaction
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.quebec.user_report import LastDocument, UserReport

_SHIFT = "SELECT opened_us FROM shift WHERE register = ? AND closed_seq IS NULL ORDER BY number DESC LIMIT 1"
REST_EVERY = 500
"""Transactions to process before pausing for waiting tills."""


class UserReports:
    """Makes user reports of a store's tills."""

    def __init__(self, registry: Registry, till: TillSettings, settings: FiscalSettings, keys: FiscalKeys) -> None:
        self._registry = registry
        self._till = till
        self._settings = settings
        self._keys = keys
        self._zone = ZoneInfo(settings.zone)

    def report(
        self, db: Connection, register: str, user: str, year: int, now_us: int, rest: Callable[[], None] = lambda: None
    ) -> UserReport:
        """A register's report of a `year`, up to now or the year's end. `user`: the user who requested it."""
        outbox = Outbox(db, self._registry, self._till, self._settings, self._keys)
        documents = paid = net = gst = qst = total = due = 0
        last: SignedTransaction | None = None
        for one in outbox.between(register, self._begins(year), min(self._begins(year + 1), now_us + 1)):
            last, of = one, one.transaction
            documents += of.mode == "OPE"
            if documents % REST_EVERY == 0:
                rest()
            if (of.kind, of.printed, of.mode) != ("RFER", "FAC", "OPE"):
                continue  # bills before payment, copies and unpaid bills repeat other amounts or have none
            paid += 1
            net, gst, qst = net + of.net_minor, gst + of.gst_minor, qst + of.qst_minor
            total, due = total + of.total_minor, due + of.due_minor
        return UserReport(
            user=user,
            year=year,
            documents=documents,
            paid=paid,
            net_minor=net,
            gst_minor=gst,
            qst_minor=qst,
            total_minor=total,
            due_minor=due,
            began=self._began(db, register, now_us),
            made=self._local(now_us),
            last=_document(last) if last else None,
            address=self._address(),
        )

    def _began(self, db: Connection, register: str, now_us: int) -> datetime:
        """The start of the till's current use, which is the start of its open shift."""
        row = db.execute(_SHIFT, (register,)).fetchone()
        return self._local(row[0] if row else now_us)

    def _begins(self, year: int) -> int:
        return int(datetime(year, 1, 1, tzinfo=self._zone).timestamp()) * 1_000_000

    def _local(self, at_us: int) -> datetime:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).replace(tzinfo=None)

    def _address(self) -> str:
        said = self._settings
        return ", ".join(part for part in (f"{said.house} {said.street}".strip(), said.city, said.postcode) if part)


def _document(one: SignedTransaction) -> LastDocument:
    of = one.transaction
    return LastDocument(
        number=of.number,
        at=of.at,
        total_minor=of.total_minor,
        printed=of.printed,
        service_number=one.service_number,
        service_at=one.service_at,
    )
