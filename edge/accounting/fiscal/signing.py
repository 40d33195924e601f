"""Signing of papers, in the transaction that creates them.

A failure here never stops a sale, as no supported law requires that. If the key is unusable, French papers are signed
later, in order of their numbers, and no day is closed before that. Austrian papers state the outage instead of a
signature.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from edge.accounting.fiscal.closing import close_due, open_day_for
from edge.accounting.fiscal.events import CopySigned, NoteSigned, PaperKind, PaperSigned, VatSum
from edge.accounting.fiscal.fiscal_paper import FiscalPaper, PaperId, paper_of
from edge.accounting.fiscal.germany.german_device import device_mark, waits
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_signing import QuebecSigning
from edge.accounting.fiscal.queries import (
    GivenAgain,
    KeptRegime,
    chain_end,
    marking_regime,
    open_day,
    read_regimes,
    read_register,
    signing_regime,
)
from edge.accounting.fiscal.regimes import SIGNING, Regime
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.taxed_paper import (
    AUSTRIAN_RATES,
    PER_BASIS_POINT,
    AdvanceSums,
    Sums,
    TaxedPaper,
    austrian_sums,
    gross_by_rate,
    share_by_rate,
    tax_advances,
)
from edge.accounting.fiscal.version import FISCAL_VERSION, SOFTWARE_VERSION
from edge.accounting.receipt_mail.commands import MailReceipt
from edge.core.messages import RecordedEvent
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.after_sale.receipts import without_proof
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint, ReleasePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.printing.queries import held_prints
from edge.lib.errors import EdgeError
from edge.lib.fiscal.austria.export import not_before
from edge.lib.fiscal.austria.receipt import (
    RksvKind,
    RksvReceipt,
    RksvRegister,
    RksvSigner,
    RksvState,
    machine_code,
    read_text,
    sign_receipt,
    split_jws,
)
from edge.lib.fiscal.france.chains import (
    CopyEntry,
    ItemizedTicketEntry,
    NoteEntry,
    RateSum,
    hash_lines,
    printed_mark,
    sign_entry,
    write_payments,
)
from edge.ordering.orders.queries import read_shop_order

_log = structlog.get_logger(__name__)
Read = Callable[[int], RecordedEvent]
"""Reads the event at a journal row."""
AT_ONCE = 20
"""Maximum papers to sign after one command. There are more only after an outage of the key."""
BILL, PRACTISED = "bill", "training"
"""Kinds of prints: a bill before payment, and a practice paper."""
MARK = "fiscal/mark"
"""The template block for a paper's signature."""
CERTIFICATE = "EDGE-1"
"""The name of a key without a card (suite R1-AT0: COMPANY-KEYID)."""
_NEXT = """
    SELECT seq, business_date FROM receipt WHERE register = ? AND number > ? AND business_date >= ?
    ORDER BY number LIMIT ?
"""
_SIGNED = "SELECT seq FROM fiscal_paper WHERE regime = ? AND register = ? AND zero = 0 AND number = ?"
_COPIES = "SELECT seq FROM fiscal_copy WHERE register = ? AND number = ? ORDER BY copy"
_ZEROS = "SELECT count(*) FROM fiscal_paper WHERE regime = 'at' AND register = ? AND zero = 1"
_AHEAD = "SELECT rate, gross_minor FROM fiscal_advance WHERE order_id = ? AND gross_minor <> 0"


def copies_of(db: Connection, register: str, number: int) -> int:
    """Number of copies of a paper."""
    return len(db.execute(_COPIES, (register, number)).fetchall())


def _find_signature(db: Connection, read: Read, regime: Regime, number: int, register: str) -> PaperSigned | None:
    row = db.execute(_SIGNED, (regime, register, number)).fetchone()
    event = read(row[0]).event if row else None
    return event if isinstance(event, PaperSigned) else None


def read_as_paid(db: Connection, read: Read, register: str, number: int) -> Any:
    """A paper's event with its corrected tenders, or None."""
    receipt = read_receipt(db, register, number)
    return with_corrected_tenders(db, read, read(receipt.seq)) if receipt else None


def read_as_made(db: Connection, read: Read, register: str, number: int) -> Any:
    """A paper's event with its original tenders, or None."""
    receipt = read_receipt(db, register, number)
    return read(receipt.seq) if receipt else None


class Signing:
    """Signs the papers of a store."""

    def __init__(self, till: TillSettings, settings: FiscalSettings, keys: FiscalKeys) -> None:
        self.till = till
        self._settings = settings
        self._keys = keys
        self.zone = ZoneInfo(settings.zone)
        self.quebec = QuebecSigning(settings, keys)

    def can_sign(self, regime: Regime) -> bool:
        return self._keys.has(regime)

    def after_paper(self, tx: Transaction, command: object, result: Any) -> Any:
        """Sign the till's new paper, unless it was signed before printing."""
        self.sign_new(tx, tx.actor.register)
        return result

    def before_print(self, tx: Transaction, command: QueuePrint) -> Any:
        """Sign a receipt before printing, and add its mark."""
        law = marking_regime(tx) if command.receipt else None
        if law is None or any(isinstance(row, TemplateBlock) and row.template == MARK for row in command.document.rows):
            return None
        self.sign_new(tx, tx.actor.register)
        if any(isinstance(row, TemplateBlock) and row.data.get("copy") for row in command.document.rows):
            self._copy(tx, command.receipt or 0)
        rows = (*map(without_proof, command.document.rows), self._mark(tx, law.regime, command.receipt or 0))
        marked = Document(command.document.language, rows, command.document.cut)
        held = self._waits(tx.db, law.regime, tx.actor.register, command.receipt or 0)
        return tx.do(msgspec.structs.replace(command, document=marked, held=held)).result

    def bill(self, tx: Transaction, command: QueuePrint) -> Any:
        """In France, mark a bill printed before payment as provisional, and sign it in a separate chain."""
        law = signing_regime(tx)
        blocks = [row for row in command.document.rows if isinstance(row, TemplateBlock)]
        if law is None or law.regime != "fr" or not blocks or any(row.template == MARK for row in blocks):
            return None
        place, previous = chain_end(tx.db, "fr", "note", tx.actor.register)
        total_minor, at = blocks[0].data["sums"].total_minor, local(tx.at_us, self.zone)
        data = {"regime": "fr_note", "signed": False, "note": place + 1}
        with suppress(EdgeError, OSError, ValueError):
            entry = NoteEntry(note=place + 1, total_minor=total_minor, at=at)
            signature = sign_entry(self._keys.key("fr"), entry, previous)
            tx.append(NoteSigned(place + 1, total_minor, at.isoformat(), signature))
            data |= {"signed": True, "mark": printed_mark(signature)}
        rows = (*command.document.rows, TemplateBlock(MARK, {**data, **versions()}))
        marked = Document(command.document.language, rows, command.document.cut)
        return tx.do(msgspec.structs.replace(command, document=marked)).result

    def _waits(self, db: Connection, regime: Regime, register: str, number: int) -> bool:
        """Whether a print waits for an answer of Québec's service or Germany's device."""
        if regime == "de":
            return waits(db, self._settings, register, number)
        return regime == "ca-qc" and self.quebec.waits(db, register, number)

    def release(self, tx: Transaction, before_us: int) -> int:
        """Print held papers that Québec's service or Germany's device has answered, and papers queued before a time for
        Québec; return the number of papers printed."""
        released = 0
        for job in held_prints(tx.db):
            register, number = job.register, job.receipt or 0
            *rows, mark = job.document.rows
            data = mark.data if isinstance(mark, TemplateBlock) else {}
            place, regime = data.get("place", 0), data.get("regime", "ca-qc")
            still = self.quebec.place_waits if place else partial(self._waits, regime=regime)
            if (regime == "de" or job.queued_us > before_us) and still(
                tx.db, register=register, number=place or number
            ):
                continue
            block = self._mark(tx, regime, number, register)
            if place:
                block = TemplateBlock(MARK, self.quebec.mark_beside(tx.db, tx.read, register, place))
            document = Document(job.document.language, (*rows, block), job.document.cut)
            tx.do(ReleasePrint(job.id, document))
            released += 1
        return released

    def sign_new(self, tx: Transaction, register: str) -> None:
        """Sign a register's unsigned papers, in order of number."""
        law = signing_regime(tx)
        if law is None or not register:
            return
        known = read_register(tx.db, law.regime, register)
        for seq, day in tx.db.execute(_NEXT, (register, known.number, law.since, AT_ONCE)).fetchall():
            if not self._prepare_signing(tx, law, register, day):
                return
            try:
                signed = self.sign_paper(tx, law, self.paper(tx, tx.read(seq)))
            except Exception:  # noqa: BLE001 - a paper that cannot be signed stops no sale; it is logged, and watched
                _log.exception("a document couldn't be signed", register=register, row=seq)
                return
            tx.append(signed)

    def _prepare_signing(self, tx: Transaction, law: KeptRegime, register: str, day: str) -> bool:
        """Whether a day's paper can be signed. To prepare, this closes finished days; in Austria it also adds a zero
        receipt that starts a register or ends an outage."""
        can_sign = self._keys.has(law.regime)
        if law.regime == "fr":
            # later papers of a day find earlier days closed
            if can_sign and open_day(tx.db, "fr", register, day) is None:
                close_due(tx, law, register, day, self._keys.key("fr"), self._settings)
            return can_sign
        known, (place, _) = read_register(tx.db, "at", register), chain_end(tx.db, "at", "ticket", register)
        if not place and can_sign:
            tx.append(self.zero(tx, register, "START"))
        elif known.out_since and can_sign:
            tx.append(self.zero(tx, register, "OUTAGE"))
        return can_sign or place > 0  # a register's first paper must be signed, so it waits for the key

    def sign_paper(self, tx: Transaction, law: KeptRegime, paper: FiscalPaper) -> PaperSigned:
        """Return the signing event of a paper. Raises `EdgeError` if the key isn't usable."""
        whole = tax_advances(paper, self._advances(tx.db, law.regime))
        if law.regime == "at":
            return self._austrian(tx, paper, whole)
        if law.regime == "ca-qc":
            return self.quebec.sign_paper(tx, paper)
        entry = ItemizedTicketEntry(
            vat=tuple(RateSum(row.rate, row.gross_minor) for row in whole.vat),
            total_minor=whole.total_minor,
            at=paper.at,
            number=paper.name,
            kind=whole.kind,
            payments=write_payments((one.kind, one.amount_minor) for one in whole.tenders),
            lines=hash_lines(
                (one.article, one.label, one.quantity_thousandths, one.rate // PER_BASIS_POINT, one.gross_minor)
                for one in whole.lines
            ),
        )
        _, previous = chain_end(tx.db, law.regime, "ticket", paper.id.register)
        signature = sign_entry(self._keys.key(law.regime), entry, previous)
        day = open_day_for(tx.db, law.regime, paper.id.register, paper.day, self._settings.last_month)
        fields = (paper.id.number, whole.kind, day, paper.at.isoformat(), whole.vat, whole.total_minor)
        return PaperSigned(
            law.regime, *fields, whole.apart_minor, signature, whole.advances, language=self.till.language
        )

    def paper(self, tx: Transaction, fact: RecordedEvent) -> FiscalPaper:
        """The paper of an event. France archives it as originally issued; corrections are in the log."""
        law = signing_regime(tx)
        return self._paper(tx.db, tx.read, fact, as_made=law is not None and law.regime == "fr")

    def _paper(self, db: Connection, read: Read, fact: RecordedEvent, *, as_made: bool = False) -> FiscalPaper:
        paid = partial(read_as_made if as_made else read_as_paid, db, read)
        return paper_of(fact, paid, self.zone, self.till.on(fact.business_date).tax, self.till.language)

    def zero(self, tx: Transaction, register: str, kind: PaperKind) -> PaperSigned:
        """A zero receipt, required in Austria at the start, each month, and after an outage."""
        at, (before,) = local(tx.at_us, self.zone), tx.db.execute(_ZEROS, (register,)).fetchone()
        number = before + 1
        jws, out = self._austrian_text(tx, register, f"Z{number}", at, (0, 0, 0, 0, 0))
        return PaperSigned("at", number, kind, tx.business_date, at.isoformat(), (), 0, 0, jws, out=out)

    def after_mail(self, tx: Transaction, command: MailReceipt, result: Any) -> Any:
        """Count and sign a mailed paper as a copy."""
        self._copy(tx, command.number)
        return result

    def _copy(self, tx: Transaction, number: int) -> None:
        """Count and sign a copy of a paper."""
        register, paper = tx.actor.register, self._signed_paper(tx, "fr", number, tx.actor.register)
        if paper is None:
            self._reproduction(tx, number)
            return
        place, previous = chain_end(tx.db, "fr", "copy", register)
        times = copies_of(tx.db, register, number) + 1
        at, operator = local(tx.at_us, self.zone), printable(tx.actor.name)
        entry = CopyEntry(
            copy=place + 1,
            kind=paper.kind,
            number=f"{register}-{number}",
            times=times,
            operator=operator,
            at=at,
        )
        with suppress(EdgeError, OSError, ValueError):
            signature = sign_entry(self._keys.key("fr"), entry, previous)
            tx.append(CopySigned(number, paper.kind, place + 1, times, operator, at.isoformat(), signature))

    def _reproduction(self, tx: Transaction, number: int) -> None:
        """Record a reproduced receipt as a transaction, which Québec requires."""
        register = tx.actor.register
        receipt = read_receipt(tx.db, register, number)
        if receipt and self._signed_paper(tx, "ca-qc", number, register) and self._keys.has("ca-qc"):
            tx.append(self.quebec.reproduction(tx, self.paper(tx, tx.read(receipt.seq)), local(tx.at_us, self.zone)))

    def _signed_paper(self, tx: Transaction, regime: Regime, number: int, register: str) -> PaperSigned | None:
        return _find_signature(tx.db, tx.read, regime, number, register)

    def _mark(self, tx: Transaction, regime: Regime, number: int, of: str = "") -> TemplateBlock:
        """The signature mark for a paper that is being printed now."""
        register = of or tx.actor.register
        given = GivenAgain(copies_of(tx.db, register, number), tx.actor.name, tx.at_us)
        return self.mark(tx.db, tx.read, regime, PaperId(register, number), given)

    def mark(self, db: Connection, read: Read, regime: Regime, of: PaperId, given: GivenAgain) -> TemplateBlock:
        """A paper's mark, with its signature and the number of copies."""
        event = _find_signature(db, read, regime, of.number, of.register)
        data: dict[str, Any] = {"regime": regime, "signed": False, "operator": given.operator}
        if event:
            data |= {"signed": True, "out": event.out}
            data |= {"mark": printed_mark(event.signature)} if regime == "fr" else {}
            data |= {"code": machine_code(event.signature)} if regime == "at" else {}
            if regime == "ca-qc":
                fact = read(read_receipt(db, of.register, of.number).seq)  # type: ignore[union-attr]
                data |= self.quebec.mark(db, read, self._paper(db, read, fact))
            data["vat"] = [(row.rate, row.gross_minor) for row in event.vat]
        if regime == "de":
            data |= device_mark(db, of.register, of.number)
        return TemplateBlock(MARK, {**data, "times": given.times, "at_us": given.at_us, **versions()})

    def mailing_mark(self, db: Connection, read: Read, of: PaperId, day: str, mailed_us: int) -> TemplateBlock | None:
        """The mark for a paper of a business day that was mailed at a time; None if no law requires one."""
        held = [one.regime for one in read_regimes(db) if one.holds(day) and one.regime in (*SIGNING, "de")]
        if not held:
            return None
        rows = db.execute(_COPIES, (of.register, of.number)).fetchall()
        copies = (read(seq) for (seq,) in rows)
        copy = next((fact.event for fact in copies if fact.at_us == mailed_us), None)
        given = GivenAgain(len(rows), "", mailed_us)
        if isinstance(copy, CopySigned):
            given = GivenAgain(copy.times, copy.operator, mailed_us)
        return self.mark(db, read, next((one for one in held if one in SIGNING), held[0]), of, given)

    def _advances(self, db: Connection, regime: Regime) -> AdvanceSums:
        """How advances are taxed. In Québec they're taxed with the supply they pay for, as on the till."""
        return (lambda order, minor, used: ()) if regime == "ca-qc" else partial(self._advance_sums, db)

    def _advance_sums(self, db: Connection, order: str, minor: int, used: bool) -> Sums:
        """An order's advance by tax rate: split like the order's goods, or as taxed when the advance was paid."""
        if used:
            taxed_before = dict(db.execute(_AHEAD, (order,)).fetchall())
            whole = sum(taxed_before.values())
            return share_by_rate(taxed_before, -min(-minor, whole)) if whole > 0 else ()
        known = read_shop_order(db, order)
        by = gross_by_rate(known.goods.lines, self.till.tax) if known else {}
        return share_by_rate(by, minor)

    def _austrian(self, tx: Transaction, paper: FiscalPaper, whole: TaxedPaper) -> PaperSigned:
        sums = austrian_sums(whole)
        text = (tx, paper.id.register, str(paper.id.number), paper.at, sums)
        jws, out = self._austrian_text(*text, "void" if paper.kind == "void" else "standard")
        vat = tuple(VatSum(rate, sums[at]) for rate, at in sorted(AUSTRIAN_RATES.items()) if sums[at])
        fields = (paper.id.number, whole.kind, paper.day, paper.at.isoformat(), vat, sum(sums), 0, jws)
        return PaperSigned("at", *fields, whole.advances, out)

    def austrian_training(self, tx: Transaction, law: KeptRegime, paper: FiscalPaper) -> PaperSigned | None:
        """Sign a practice paper in the same chain, without revenue. None if the register has no first paper yet and the
        key isn't usable.
        """
        register = paper.id.register
        if not self._prepare_signing(tx, law, register, tx.business_date):
            return None
        (before,) = tx.db.execute(_ZEROS, (register,)).fetchone()
        sums = austrian_sums(tax_advances(paper, lambda order, minor, used: ()))
        jws, out = self._austrian_text(tx, register, f"T{before + 1}", paper.at, sums, "training")
        about = (tx.business_date, paper.at.isoformat())
        return PaperSigned("at", before + 1, "TRAINING", *about, (), 0, 0, jws, out=out)

    def _austrian_text(
        self, tx: Transaction, register: str, number: str, at: datetime, sums: Any, kind: RksvKind = "standard"
    ) -> tuple[str, bool]:
        """The receipt in JWS compact form, and whether the key was unavailable. If the clock was set back, it gets the
        previous receipt's time: exports with decreasing times are rejected."""
        known = read_register(tx.db, "at", register)
        _, previous = chain_end(tx.db, "at", "ticket", register)
        if previous:
            at = not_before(at, read_text(split_jws(previous)[1]).at)
        key: ec.EllipticCurvePrivateKey | None = None
        with suppress(EdgeError, OSError, ValueError):
            key = self._keys.key("at")
        receipt = RksvReceipt(f"{register}-{number}", at, sums, kind)
        state = RksvState(known.perpetual_minor, previous)
        signer = RksvSigner(self._settings.certificate or CERTIFICATE, key)
        jws, _ = sign_receipt(self.austrian_register(register), receipt, state, signer)
        return jws, key is None

    def austrian_register(self, register: str) -> RksvRegister:
        """A register as registered with the authority: its id, and the key of its turnover counter."""
        suite = "R1-AT0"
        return RksvRegister(f"{self._settings.cash_register_id}-{register}", self._keys.counter_key(), suite)


def local(at_us: int, zone: ZoneInfo) -> datetime:
    """A moment in the shop's local time, to the second."""
    return datetime.fromtimestamp(at_us // 1_000_000, zone).replace(tzinfo=None)


def printable(text: str) -> str:
    """An id restricted to the characters of signed logs."""
    return "".join(char if " " <= char <= "~" else "?" for char in text)[:60]


def versions() -> dict[str, str]:
    """The software versions stated on papers."""
    return {"software": SOFTWARE_VERSION, "fiscal_version": FISCAL_VERSION}
