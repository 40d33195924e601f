"""France's archive of closed days, made from the journal. The same days always give the same archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from edge.accounting.fiscal.closing import last_day, totals_of
from edge.accounting.fiscal.events import CopySigned, LogSigned, NoteSigned, PaperSigned
from edge.accounting.fiscal.fiscal_paper import FiscalPaper
from edge.accounting.fiscal.keys import FiscalKeys, public_text
from edge.accounting.fiscal.paper_reader import AT_ONCE, PaperReader
from edge.accounting.fiscal.queries import KeptClosing, decode_closings, keys_through
from edge.accounting.fiscal.taxed_paper import PER_BASIS_POINT, TaxedPaper, with_advances
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.archive import (
    ArchivedClosing,
    ArchivedCopy,
    ArchivedEvent,
    ArchivedLine,
    ArchivedNote,
    ArchivedPaper,
    ArchivedPayment,
    ArchivedSignature,
    ArchivedTax,
    ArchiveManifest,
    ArchiveWriter,
    ChainStart,
    RegisterStart,
)
from edge.lib.fiscal.france.closings import PerpetualTotals
from edge.lib.fiscal.france.verification import verify_archive

LONGEST_DAYS = 366
_REGISTERS = "SELECT register FROM fiscal_register WHERE regime = 'fr' ORDER BY register"
_PAPERS = """
    SELECT p.seq, coalesce(r.seq, 0) FROM fiscal_paper p
    LEFT JOIN receipt r ON r.register = p.register AND r.number = p.number
    WHERE p.regime = 'fr' AND p.register = ? AND p.zero = 0 AND p.day >= ? AND p.day <= ? ORDER BY p.number
"""
_PAPER_BEFORE = """
    SELECT seq, number FROM fiscal_paper WHERE regime = 'fr' AND register = ? AND zero = 0 AND day < ?
    ORDER BY number DESC LIMIT 1
"""
_FIRST = "SELECT min(number) FROM fiscal_paper WHERE regime = 'fr' AND register = ? AND zero = 0"
_COPIES = "SELECT seq FROM fiscal_copy WHERE register = ? AND day >= ? AND day <= ? ORDER BY copy"
_COPY_BEFORE = "SELECT seq FROM fiscal_copy WHERE register = ? AND day < ? ORDER BY copy DESC LIMIT 1"
_NOTES = "SELECT seq FROM fiscal_note WHERE register = ? AND day >= ? AND day <= ? ORDER BY note"
_NOTE_BEFORE = "SELECT seq FROM fiscal_note WHERE register = ? AND day < ? ORDER BY note DESC LIMIT 1"
_CLOSINGS = "SELECT body FROM fiscal_closing WHERE regime = 'fr' AND register = ? ORDER BY seq"
_LOGS = "SELECT DISTINCT register FROM fiscal_log ORDER BY register"
_LOG = "SELECT seq, n FROM fiscal_log WHERE register = ? AND day >= ? AND day <= ? ORDER BY place"
_LOG_BEFORE = "SELECT seq, n FROM fiscal_log WHERE register = ? AND day < ? ORDER BY place DESC LIMIT 1"
_OPEN = "SELECT min(day) FROM fiscal_day WHERE regime = 'fr' AND closed = 0 AND day <= ?"


class FrenchArchive:
    """Makes the archive of the days from `since` to `until`, with the signing key."""

    def __init__(self, reader: PaperReader, keys: FiscalKeys, last_month: int) -> None:
        self._reader = reader
        self._db = reader.db
        self._keys = keys
        self._last_month = last_month

    def make_archive(self, since: str, until: str) -> tuple[bytes, str, int]:
        """The ZIP, its detached signature, and its number of rows. Raises `FiscalFault` if days aren't closed or the
        key has changed, and `EdgeError` if the key isn't usable."""
        key, keys = self._keys.key("fr"), keys_through(self._db, "fr", self._reader.through)
        if not keys or public_text(key) != keys[-1]:
            raise FiscalFault("key", "archive", "it was signed with a different key from this box's.")
        (open_day,) = self._db.execute(_OPEN, (until,)).fetchone()
        if open_day:
            raise FiscalFault("not_closed", f"day {open_day}", "it isn't closed yet.")
        with TemporaryDirectory(prefix="edge-archive-") as folder:
            writer = ArchiveWriter(Path(folder))
            try:
                starts, registers = self._write(writer, since, until)
                manifest = ArchiveManifest(
                    since=date.fromisoformat(since),
                    until=date.fromisoformat(until),
                    last_month=self._last_month,
                    chains=tuple(starts),
                    registers=tuple(registers),
                    keys=keys if len(keys) > 1 else (),
                )
                data, jws = writer.finish(manifest, key)
                verify_archive(data, jws, key.public_key())
                return data, jws, writer.records
            finally:
                writer.close()

    def _write(self, writer: ArchiveWriter, since: str, until: str) -> tuple[list[ChainStart], list[RegisterStart]]:
        starts, registers = list[ChainStart](), list[RegisterStart]()
        for (register,) in self._db.execute(_REGISTERS).fetchall():
            made = decode_closings(self._db.execute(_CLOSINGS, (register,)).fetchall())
            registers.append(self._start(register, since, made))
            starts += self._starts(register, since, made)
            self._papers(writer, register, since, until)
            self._copies(writer, register, since, until)
            for closing in made:
                if since <= last_day(closing.period, self._last_month) <= until:
                    row = ArchivedClosing(
                        **msgspec.structs.asdict(totals_of(closing)), at=datetime.fromisoformat(closing.at)
                    )
                    writer.add("closings", row)
                    writer.add("signatures", _signature("total", register, closing.signature))
            self._notes(writer, register, since, until)
        for (register,) in self._db.execute(_LOGS).fetchall():
            starts += self._log(writer, register, since, until)
        return [start for start in starts if start.signature], registers

    def _start(self, register: str, since: str, made: list[KeptClosing]) -> RegisterStart:
        """A register's state before the period."""
        row = self._db.execute(_PAPER_BEFORE, (register, since)).fetchone()
        (first,) = self._db.execute(_FIRST, (register,)).fetchone()
        before = [one for one in made if one.kind == "day" and one.period < since]
        totals = PerpetualTotals(before[-1].perpetual_minor, before[-1].absolute_minor) if before else PerpetualTotals()
        return RegisterStart(register=register, number=row[1] if row else (first or 1) - 1, totals=totals)

    def _starts(self, register: str, since: str, made: list[KeptClosing]) -> Iterator[ChainStart]:
        """The last signature of each of a register's chains before the period."""
        paper = self._db.execute(_PAPER_BEFORE, (register, since)).fetchone()
        copy = self._db.execute(_COPY_BEFORE, (register, since)).fetchone()
        note = self._db.execute(_NOTE_BEFORE, (register, since)).fetchone()
        totals = [one for one in made if last_day(one.period, self._last_month) < since]
        found = {
            "ticket": self._signature_at(paper[0]) if paper else "",
            "copy": self._signature_at(copy[0]) if copy else "",
            "note": self._signature_at(note[0]) if note else "",
            "total": totals[-1].signature if totals else "",
        }
        return (ChainStart(chain=chain, register=register, signature=text) for chain, text in found.items())

    def _signature_at(self, seq: int) -> str:
        event = self._reader.fact(seq).event
        return event.signature if isinstance(event, PaperSigned | CopySigned | NoteSigned) else ""

    def _papers(self, writer: ArchiveWriter, register: str, since: str, until: str) -> None:
        for signed_seq, seq in self._paper_rows(register, since, until):
            signed = self._reader.fact(signed_seq).event
            assert isinstance(signed, PaperSigned)
            paper = self._paper(seq, f"{register}-{signed.number}", signed.language)
            whole = with_advances(paper, signed.advances)
            now = (paper.at.isoformat(), whole.kind, whole.vat, whole.total_minor, whole.apart_minor)
            if now != (signed.at, signed.kind, signed.vat, signed.total_minor, signed.apart_minor):
                raise FiscalFault(
                    "paper", f"paper {paper.name}", "it doesn't match its signature.", "Run `edge verify`."
                )
            named: dict[str, Any] = {"register": register, "number": signed.number}
            writer.add(
                "papers",
                ArchivedPaper(
                    **named,
                    kind=signed.kind,
                    day=date.fromisoformat(signed.day),
                    at=datetime.fromisoformat(signed.at),
                    operator=paper.operator,
                    total_minor=whole.total_minor,
                    apart_minor=whole.apart_minor,
                    basis=f"{paper.basis.register}-{paper.basis.number}" if paper.basis else "",
                ),
            )
            _parts(writer, named, whole)
            writer.add("signatures", _signature("ticket", register, signed.signature))

    def _paper(self, seq: int, name: str, language: str) -> FiscalPaper:
        """The paper of a row, with its lines in the language in which they were signed. Raises `FiscalFault` if the
        paper `name` is missing (0) or unreadable."""
        if not seq:
            raise FiscalFault("paper", f"paper {name}", "it was signed, but is missing now.", "Run `edge verify`.")
        try:
            return self._reader.paper(seq, language)
        except FiscalFault as fault:
            raise FiscalFault(fault.code, f"paper {name}", str(fault), fault.advice) from fault

    def _paper_rows(self, register: str, since: str, until: str) -> Iterator[tuple[int, int]]:
        """Rows of papers and of their signatures, in batches, so that a year isn't held in memory."""
        cursor = self._db.execute(_PAPERS, (register, since, until))
        while found := cursor.fetchmany(AT_ONCE):
            self._reader.expect(chain.from_iterable(found))
            yield from found

    def _copies(self, writer: ArchiveWriter, register: str, since: str, until: str) -> None:
        for (seq,) in self._db.execute(_COPIES, (register, since, until)).fetchall():
            fact = self._reader.fact(seq)
            event = fact.event
            assert isinstance(event, CopySigned)
            row = ArchivedCopy(
                register=register,
                copy=event.copy,
                kind=event.kind,
                number=f"{register}-{event.number}",
                times=event.times,
                operator=event.operator,
                day=date.fromisoformat(fact.business_date),
                at=datetime.fromisoformat(event.at),
            )
            writer.add("copies", row)
            writer.add("signatures", _signature("copy", register, event.signature))

    def _notes(self, writer: ArchiveWriter, register: str, since: str, until: str) -> None:
        for (seq,) in self._db.execute(_NOTES, (register, since, until)).fetchall():
            event = self._reader.fact(seq).event
            assert isinstance(event, NoteSigned)
            row = ArchivedNote(
                register=register,
                note=event.note,
                total_minor=event.total_minor,
                at=datetime.fromisoformat(event.at),
            )
            writer.add("notes", row)
            writer.add("signatures", _signature("note", register, event.signature))

    def _log(self, writer: ArchiveWriter, register: str, since: str, until: str) -> Iterator[ChainStart]:
        before = self._db.execute(_LOG_BEFORE, (register, since)).fetchone()
        if before:
            yield ChainStart(chain="event", register=register, signature=self._entry(*before).signature)
        for seq, n in self._db.execute(_LOG, (register, since, until)).fetchall():
            entry = self._entry(seq, n)
            row = ArchivedEvent(
                register=register,
                event=entry.place,
                code=entry.code,
                note=entry.note,
                at=datetime.fromisoformat(entry.at),
                operator=entry.operator,
            )
            writer.add("events", row)
            writer.add("signatures", _signature("event", register, entry.signature))

    def _entry(self, seq: int, n: int) -> Any:
        event = self._reader.fact(seq).event
        assert isinstance(event, LogSigned)
        return event.entries[n]


def _parts(writer: ArchiveWriter, place: dict[str, Any], whole: TaxedPaper) -> None:
    lines = (
        ArchivedLine(
            **place,
            line=at,
            article=line.article,
            label=line.label,
            quantity_thousandths=line.quantity_thousandths,
            rate=line.rate // PER_BASIS_POINT,
            gross_minor=line.gross_minor,
        )
        for at, line in enumerate(whole.lines, 1)
    )
    writer.add("lines", *lines)
    taxes = (
        ArchivedTax(**place, rate=row.rate // PER_BASIS_POINT, net_minor=row.net_minor, tax_minor=row.tax_minor)
        for row in whole.taxes
    )
    writer.add("taxes", *taxes)
    payments = (
        ArchivedPayment(**place, line=at, means=one.kind, amount_minor=one.amount_minor)
        for at, one in enumerate(whole.tenders, 1)
    )
    writer.add("payments", *payments)


def _signature(chain: str, register: str, signature: str) -> ArchivedSignature:
    return ArchivedSignature(chain=chain, register=register, signature=signature)
