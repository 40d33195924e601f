"""Germany's DSFinV-K files of a period, made from the journal. A closing is a register's Z report with its papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal.events import FileIdentity
from edge.accounting.fiscal.fiscal_paper import PaperId
from edge.accounting.fiscal.germany.german_device import (
    OUT,
    client_serial,
    devices,
    first_secured,
    signature_of,
    signed_at,
)
from edge.accounting.fiscal.germany.german_money import BESIDE, besides
from edge.accounting.fiscal.germany.german_receipts import NO_DEVICE, receipt_of
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.version import SOFTWARE_NAME
from edge.core.journal.rows import fact_of, read_rows_of
from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.closing import GermanBusiness, GermanClosing, GermanRegister, dsfinvk_lines
from edge.lib.fiscal.germany.receipt import GermanReceipt, GermanReference
from edge.lib.fiscal.germany.tables import german_tables, index_xml

SPAN, ROWS = 20_000, 500
FOREIGN = 2
"""The layout version from which foreign notes are cash in their own currency."""
BLOCK_BYTES = 256 * 1024
_Z = """
    SELECT register, number, seq, business_date, at_us, total_minor,
        coalesce((SELECT seq FROM z_report b WHERE b.register = z.register AND b.number < z.number
            ORDER BY b.number DESC LIMIT 1), 0)
    FROM z_report z WHERE business_date >= ? AND business_date <= ? AND seq <= ? ORDER BY register, number
"""
_CLOSED_BY = "SELECT number FROM z_report WHERE register = ? AND seq > ? AND seq <= ? ORDER BY number LIMIT 1"
_PAPERS: tuple[type[Event], ...] = (SaleCompleted, SaleRefunded, SaleVoided)
_TYPES = tuple(kind.__name__ for kind in (*_PAPERS, *BESIDE))


class GermanFile:
    """Makes the files for a period's closings."""

    def __init__(
        self, reader: PaperReader, registry: Registry, settings: FiscalSettings, said: FileIdentity, layout: int
    ) -> None:
        self._reader = reader
        self._db = reader.db
        self._registry = registry
        self._settings = settings
        self._zone = ZoneInfo(settings.zone)
        self._said = said
        self._layout = layout
        self._papers_minor = 0

    def make_tables(self, since: str, until: str, folder: Path) -> tuple[Mapping[str, Iterator[bytes]], int]:
        """Each file's content by name, and the number of lines. The tables stay in `folder` until they're read. Raises
        `FiscalFault` if a paper can't be represented."""
        records = 0
        with ExitStack() as stack:
            files = {name: stack.enter_context((folder / f"{name}.csv").open("wb")) for name in german_tables()}
            for table, line in dsfinvk_lines(self.closings(since, until)):
                files[table].write(line)
                records += 1
        said = self._settings
        index = index_xml(said.name, said.city, german_tables())
        made = {f"{name}.csv": _blocks(folder / f"{name}.csv") for name in german_tables()}
        return {**made, "index.xml": iter([index])}, records

    def closings(self, since: str, until: str) -> Iterator[GermanClosing]:
        """Closings by register, in order."""
        found = self._db.execute(_Z, (since, until, self._reader.through)).fetchall()
        for register, number, seq, day, at_us, total_minor, before in found:
            receipts = tuple(receipt for _, receipt in self.between(before + 1, seq, register))
            if self._papers_minor != total_minor:
                fault = f"its receipts come to {self._papers_minor / 100:.2f}, and its Z says {total_minor / 100:.2f}."
                raise FiscalFault("z", f"Z {number} of {register}", fault, "Run `edge verify`.")
            yield GermanClosing(
                business=self._business(),
                register=self._register(register),
                number=number,
                made_at=self._local(at_us),
                day=date.fromisoformat(day),
                receipts=receipts,
                devices=devices(self._db, self._reader.through),
            )

    def between(self, at: int, end: int, register: str = "") -> Iterator[tuple[RecordedEvent, GermanReceipt]]:
        """Receipts of a register, or of all registers, between two journal rows, with their events."""
        self._papers_minor = 0
        first = first_secured(self._db)
        for fact in self.facts(register, at, end):
            if (receipt := self.receipt(fact)) is not None:
                yield fact, self._with_signature(receipt, fact.seq) if first and first < fact.seq else receipt

    def _with_signature(self, receipt: GermanReceipt, seq: int) -> GermanReceipt:
        """The receipt with its device signature. Without an answer, the device counts as failed."""
        answer = signed_at(self._db, seq, self._reader.through)
        fault = answer.fault if answer else OUT
        return msgspec.structs.replace(receipt, signed=signature_of(answer), signing_fault=fault)

    def receipt(self, fact: RecordedEvent) -> GermanReceipt | None:
        """An event as an unsigned receipt, or None. Raises `FiscalFault` for a tax rate without a German key."""
        if not isinstance(fact.event, _PAPERS):
            return besides(fact, self._head(fact))
        paper = self._reader.paper(fact.seq)
        self._papers_minor += paper.total_minor + paper.apart_minor
        reference = self._reference(paper.basis) if paper.basis else None
        return receipt_of(paper, reference, foreign=self._layout >= FOREIGN)

    def facts(self, register: str, at: int, end: int) -> Iterator[RecordedEvent]:
        """Events that may be receipts, between two journal rows; of one register or all ("")."""
        while at <= end:
            rows, through = read_rows_of(self._db, _TYPES, at, min(SPAN, end - at + 1), ROWS)
            for row in rows:
                if row.seq <= end and (fact := fact_of(self._registry, row)).register == (register or fact.register):
                    yield fact
            if through < at:
                return
            at = through + 1

    def _head(self, fact: RecordedEvent) -> GermanReceipt:
        at = self._local(fact.at_us)
        return GermanReceipt(
            id=f"{fact.register}-J{fact.seq}",
            number=fact.seq,
            began=at,
            ended=at,
            operator=fact.actor,
            terminal=fact.register,
            signing_fault=NO_DEVICE,
        )

    def _reference(self, basis: PaperId) -> GermanReference | None:
        """The receipt that a paper refers to. Its closing is 0 until it's in one."""
        row = self._db.execute(
            "SELECT seq, at_us FROM receipt WHERE register = ? AND number = ?", (basis.register, basis.number)
        ).fetchone()
        if row is None:
            return None
        closed = self._db.execute(_CLOSED_BY, (basis.register, row[0], self._reader.through)).fetchone()
        return GermanReference(
            register=basis.register,
            closing=closed[0] if closed else 0,
            receipt=f"{basis.register}-{basis.number}",
            made_at=self._local(row[1]),
        )

    def _business(self) -> GermanBusiness:
        said = self._settings
        return GermanBusiness(
            name=said.name,
            street=f"{said.street} {said.house}".strip(),
            postcode=said.postcode,
            city=said.city,
            tax_number=said.company_number or said.tax_number,
            vat_number=said.tax_number if said.tax_number.startswith("DE") else "",
        )

    def _register(self, register: str) -> GermanRegister:
        return GermanRegister(
            id=register,
            brand=SOFTWARE_NAME,
            model=SOFTWARE_NAME,
            serial_number=client_serial(register),
            software=SOFTWARE_NAME,
            software_version=self._said.software,
        )

    def _local(self, at_us: int) -> datetime:
        return datetime.fromtimestamp(at_us // 1_000_000, self._zone).replace(tzinfo=None)


def file_now(db: Connection, registry: Registry, till: TillSettings, settings: FiscalSettings, head: int) -> GermanFile:
    """A file of receipts as known now, for signing."""
    return GermanFile(PaperReader(db, registry, till, head), registry, settings, FileIdentity("", ""), FOREIGN)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := _read(file):
            yield block


def _read(file: IO[bytes]) -> bytes:
    return file.read(BLOCK_BYTES)
