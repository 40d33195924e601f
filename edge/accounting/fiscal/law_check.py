"""Verifies stored fiscal data as an authority would, in the files that would be handed over."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import msgspec

from edge.accounting.fiscal.authority_files import Authorities, MadeFile, Rest, WantedFile
from edge.accounting.fiscal.closing import last_day, next_month
from edge.accounting.fiscal.queries import KeptRegime, keys_through, read_regimes, read_registers
from edge.accounting.fiscal.regimes import LawCheck, Regime
from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.counter.till.after_sale.receipt_numbers import explained_gaps
from edge.lib.fiscal.austria.export import ReceiptChecker
from edge.lib.fiscal.es256 import key_of
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.checker import check_dsfinvk
from edge.lib.fiscal.israel.rules import missing_numbers
from edge.lib.fiscal.israel.uniform_file import read_uniform
from edge.lib.fiscal.ontario.workbook import check_month, read_template

Make = Callable[..., MadeFile]
PART_DAYS = 366
_LAST_CLOSED = "SELECT max(day) FROM fiscal_day WHERE regime = 'fr' AND closed = 1"
_HEAD = "SELECT coalesce(max(seq), 0) FROM journal"


def check_laws(db: Connection, files: Authorities, today: str, rest: Rest | None = None) -> Iterator[LawCheck]:
    """Check every law that applies or applied to the store, through yesterday."""
    for law in read_regimes(db):
        yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
        until = min(law.until or yesterday, yesterday)
        if law.regime == "fr":
            until = str(db.execute(_LAST_CLOSED).fetchone()[0] or "")
        if until < law.since or law.regime not in CHECKS:
            continue
        yield _check_law(db, partial(_make_file, db, files, rest), files, law, until)


def _check_law(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> LawCheck:
    check = CHECKS[law.regime]
    records = 0
    try:
        for part in check(db, make, files, law, until):
            records += part
    except FiscalFault as fault:
        return LawCheck(law.regime, law.since, until, records, str(fault))
    except Refusal as refusal:
        return LawCheck(law.regime, law.since, until, records, ": ".join(map(str, refusal.refused.values.values())))
    return LawCheck(law.regime, law.since, until, records)


def _french(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    """Check the archives of all closed days, a year at a time. Each is verified when made."""
    since = date.fromisoformat(law.since)
    while since.isoformat() <= until:
        end = min(date.fromisoformat(until), since + timedelta(days=PART_DAYS - 1))
        made = make("fr", since.isoformat(), end.isoformat())
        yield made.records
        since = end + timedelta(days=1)


def _austrian(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    for one in read_registers(db, "at"):
        made = make("at", law.since, until, one.register)
        register = files.austrian_register(one.register)
        checker = ReceiptChecker(register, {files.certificate: tuple(map(key_of, keys_through(db, "at")))})
        groups = msgspec.json.decode(made.data)["Belege-Gruppe"]
        for jws in (jws for group in groups for jws in group["Belege-kompakt"]):
            checker.take(jws)
        yield made.records


def _israeli(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    """Check that the file reads back byte for byte, and that no number is missing without explanation."""
    made = make("il", law.since, until)
    ini, lines = unpack_lines(made)
    found = [one for one in read_uniform(ini, lines) if hasattr(one, "customer_name")]
    explained = {(gap.first, gap.last) for gap in explained_gaps(db)}
    for gap in missing_numbers((one.document_type, one.document_number) for one in found):  # type: ignore[attr-defined]
        first, last = (int(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for number in gap.split("-"))
        if not any(left <= first and last <= right for left, right in explained):
            raise FiscalFault("gap", gap, "these numbers are missing without a recorded reason.", "Run `edge verify`.")
    yield made.records


def _german(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    """Check that the tables agree with each other, and each closing with its Z report: all its papers and totals."""
    made = make("de", law.since, until)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive, ExitStack() as stack:
        tables = {
            info.filename.removesuffix(".csv"): io.TextIOWrapper(
                stack.enter_context(archive.open(info)), encoding="utf-8", newline=""
            )
            for info in archive.infolist()
            if info.filename.endswith(".csv")
        }
        check_dsfinvk(tables)
    yield made.records


def _ontarian(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    """Check each finished month: its sums, and that its opening stock equals the previous closing stock."""
    closed: dict[str, Decimal] = {}
    month = law.since[:7]
    while (end := last_day(month, 12)) <= until:
        made = make("ca-on", f"{month}-01", end)
        closed = check_month(made.data, read_template(made.wanted.template.encode()), closed)
        yield made.records
        month = next_month(month)


def _quebecois(db: Connection, make: Make, files: Authorities, law: KeptRegime, until: str) -> Iterator[int]:
    """Check each transaction's signature, which is chained to the previous one."""
    outbox = files.outbox(db)
    for one in read_registers(db, "ca-qc"):
        yield from outbox.check(one.register)


CHECKS: dict[str, Callable[..., Iterator[int]]] = {
    "fr": _french,
    "at": _austrian,
    "il": _israeli,
    "de": _german,
    "ca-on": _ontarian,
    "ca-qc": _quebecois,
}


def unpack_lines(made: MadeFile) -> tuple[list[bytes], list[bytes]]:
    """The lines of INI.TXT and BKMVDATA.TXT of a uniform file."""
    with zipfile.ZipFile(io.BytesIO(made.data)) as outer:
        by_end = {name.rpartition("/")[2]: name for name in outer.namelist()}
        ini, inner = outer.read(by_end["INI.TXT"]), outer.read(by_end["BKMVDATA.zip"])
    with zipfile.ZipFile(io.BytesIO(inner)) as zipped:
        text = zipped.read("BKMVDATA.TXT")
    return ini.splitlines(keepends=True), text.splitlines(keepends=True)


def _make_file(
    db: Connection, files: Authorities, rest: Rest | None, regime: Regime, since: str, until: str, register: str = ""
) -> MadeFile:
    (through,) = db.execute(_HEAD).fetchone()
    wanted = WantedFile(
        regime=regime,
        of_register=register,
        since=since,
        until=until,
        identifier=1,
        at=f"{until}T00:00:00",
        through=through,
    )
    return files.make_file(db, wanted, rest)
