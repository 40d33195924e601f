"""Queries of fiscal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge.accounting.fiscal.events import FileIdentity, FileKind, VatSum
from edge.accounting.fiscal.regimes import CLOSING, SIGNING, Regime
from edge.core.memo import Memo
from edge.core.messages import Number
from edge.core.registry import Transaction
from edge.core.storage.database import Connection

PAGE_LIMIT = 200
_REGIMES = "SELECT regime, since, until_date, tax_number, company_number, key FROM fiscal_regime ORDER BY regime"
_FILES = """
    SELECT seq, regime, kind, of_register, since, until_date, identifier, at, sha256, records, lost, through, place,
        signature, template, layout, identity
    FROM fiscal_file WHERE seq < ? ORDER BY seq DESC LIMIT ?
"""
_CLOSINGS = "SELECT body FROM fiscal_closing WHERE seq < ? ORDER BY seq DESC LIMIT ?"
_YEARS = "SELECT DISTINCT period FROM fiscal_closing WHERE regime = ? AND kind = 'year' ORDER BY period"
_REGISTERS = """
    SELECT register, number, perpetual_minor, absolute_minor, out_since FROM fiscal_register WHERE regime = ?
    ORDER BY register
"""
_UNSIGNED = """
    SELECT r.register, count(*) FROM receipt r
    LEFT JOIN fiscal_register f ON f.regime = ?1 AND f.register = r.register
    WHERE r.business_date >= ?2 AND (?3 = '' OR r.business_date <= ?3) AND r.number > coalesce(f.number, 0)
    GROUP BY r.register ORDER BY r.register
"""
_OPEN_DAYS = "SELECT count(*) FROM fiscal_day WHERE regime = ? AND closed = 0 AND day < ?"


class KeptRegime(msgspec.Struct, frozen=True):
    """A law that applies or applied to the store: its first and last business date ("": still applies)."""

    regime: Regime
    since: str
    until: str
    tax_number: str
    company_number: str
    key: str

    def holds(self, day: str) -> bool:
        return self.since <= day and (not self.until or day <= self.until)


class FiscalRegister(msgspec.Struct, frozen=True):
    """A register under a signing law. `out_since`: the day its key became unusable, or ""."""

    register: str
    number: int
    perpetual_minor: int
    absolute_minor: int
    out_since: str


class OpenDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """A register's totals of a day so far, with the perpetual totals after its last paper."""

    first: int = 0
    last: int = 0
    papers: int = 0
    vat: tuple[VatSum, ...] = ()
    total_minor: int = 0
    perpetual_minor: int = 0
    absolute_minor: int = 0


class GivenAgain(msgspec.Struct, frozen=True):
    """How often a paper was reproduced (0: never), by whom last, and when."""

    times: int
    operator: str
    at_us: int


class KeptClosing(msgspec.Struct, frozen=True):
    """A closed period, as in `PeriodClosed`."""

    seq: int
    of_register: str
    kind: str
    period: str
    first: int
    last: int
    papers: int
    copies: int
    vat: tuple[VatSum, ...]
    total_minor: int
    perpetual_minor: int
    absolute_minor: int
    at: str
    signature: str


class FiscalFile(msgspec.Struct, frozen=True):
    """A file made for an authority, as in `FiscalFileMade`."""

    seq: int
    regime: Regime
    kind: FileKind
    of_register: str
    since: str
    until: str
    identifier: int
    at: str
    sha256: str
    records: int
    lost: int
    through: int
    place: int
    signature: str
    template: str
    layout: int
    identity: FileIdentity | None


def read_regimes(db: Connection) -> list[KeptRegime]:
    """All laws that apply or applied to the store."""
    return [KeptRegime(*row) for row in db.execute(_REGIMES)]


def keys_through(db: Connection, regime: Regime, through: int = 2**62) -> tuple[str, ...]:
    """The keys that signed under a law up to a journal row, oldest first."""
    found = db.execute("SELECT key FROM fiscal_key WHERE regime = ? AND seq <= ? ORDER BY seq", (regime, through))
    return tuple(key for (key,) in found)


REGIMES_NOW = Memo(read_regimes, "fiscal_regime")


def signing_regime(tx: Transaction) -> KeptRegime | None:
    """The law under which papers of the business day are signed, or None."""
    now = REGIMES_NOW.of(tx)
    return next((one for one in now if one.regime in SIGNING and one.holds(tx.business_date)), None)


def marking_regime(tx: Transaction) -> KeptRegime | None:
    """The law that requires a mark on papers of the business day: a signing one, or Germany's."""
    now = REGIMES_NOW.of(tx)
    return signing_regime(tx) or next((one for one in now if one.regime == "de" and one.holds(tx.business_date)), None)


def regime_at(db: Connection, regime: Regime) -> KeptRegime | None:
    return next((one for one in read_regimes(db) if one.regime == regime), None)


def chain_end(db: Connection, regime: Regime, chain: str, register: str) -> tuple[int, str]:
    """A chain's length, and its last signature."""
    where = (regime, chain, register)
    row = db.execute(
        "SELECT place, signature FROM fiscal_chain WHERE regime = ? AND chain = ? AND register = ?", where
    ).fetchone()
    return (row[0], row[1]) if row else (0, "")


def read_registers(db: Connection, regime: Regime) -> list[FiscalRegister]:
    """Registers with papers under a law."""
    return [FiscalRegister(*row) for row in db.execute(_REGISTERS, (regime,))]


def read_register(db: Connection, regime: Regime, register: str) -> FiscalRegister:
    """A register's state; all zeros before its first paper."""
    found = (one for one in read_registers(db, regime) if one.register == register)
    return next(found, FiscalRegister(register, 0, 0, 0, ""))


def open_day(db: Connection, regime: Regime, register: str, day: str) -> OpenDay | None:
    """A register's totals of a day; None if it has no papers."""
    row = db.execute(
        "SELECT body FROM fiscal_day WHERE regime = ? AND register = ? AND day = ?", (regime, register, day)
    ).fetchone()
    return msgspec.json.decode(row[0], type=OpenDay) if row else None


def closings(db: Connection, before: Number | None = None, limit: Number = PAGE_LIMIT) -> list[KeptClosing]:
    """Closed periods, the newest first, below journal row `before`."""
    return decode_closings(db.execute(_CLOSINGS, (before or 2**62, min(limit, PAGE_LIMIT))))


def decode_closings(rows: Iterable[tuple[bytes]]) -> list[KeptClosing]:
    return [msgspec.json.decode(body, type=KeptClosing) for (body,) in rows]


def fiscal_files(db: Connection, before: Number | None = None, limit: Number = PAGE_LIMIT) -> list[FiscalFile]:
    """Files for authorities, the newest first, below journal row `before`."""
    return [_file(row) for row in db.execute(_FILES, (before or 2**62, min(limit, PAGE_LIMIT)))]


def _file(row: tuple[Any, ...]) -> FiscalFile:
    identity = msgspec.json.decode(row[-1], type=FileIdentity) if row[-1] else None
    return FiscalFile(*(*row[:-1], identity))


def file_at(db: Connection, identifier: int) -> FiscalFile | None:
    """A file by its identifier, or None."""
    row = db.execute(_FILES.replace("seq < ?", "identifier = ?"), (identifier, 1)).fetchone()
    return _file(row) if row else None


def archive_of(db: Connection, regime: Regime, since: str, until: str) -> FiscalFile | None:
    """The newest archive of these days, or None."""
    where = "regime = ? AND kind = 'archive' AND since = ? AND until_date = ?"
    row = db.execute(_FILES.replace("seq < ?", where), (regime, since, until, 1)).fetchone()
    return _file(row) if row else None


def closed_years(db: Connection, regime: Regime) -> list[str]:
    """Tax years closed by a register, the oldest first."""
    return [year for (year,) in db.execute(_YEARS, (regime,))]


def count_unsigned(db: Connection, regime: KeptRegime) -> dict[str, int]:
    """The number of unsigned papers that the law requires to be signed, by register."""
    return dict(db.execute(_UNSIGNED, (regime.regime, regime.since, regime.until)).fetchall())


def overdue_days(db: Connection, regime: Regime, today: str) -> int:
    """The number of finished days not yet closed, under a law that requires closing."""
    return int(db.execute(_OPEN_DAYS, (regime, today)).fetchone()[0]) if regime in CLOSING else 0


def log_end(db: Connection) -> int:
    """The journal row up to which the signed log extends; 0: none."""
    row = db.execute("SELECT through FROM fiscal_log_end").fetchone()
    return row[0] if row else 0
