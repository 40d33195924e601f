"""Signs papers that aren't till receipts: practice (Austria, Québec), bills, and unpaid bills (Québec). Inside the
transaction; a failure never blocks the paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import structlog

from edge.accounting.fiscal.beside_papers import AsMade, again, bill_before_payment, practice_paper
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.fiscal_paper import FiscalPaper
from edge.accounting.fiscal.quebec.quebec_signing import BILLS
from edge.accounting.fiscal.queries import signing_regime
from edge.accounting.fiscal.signing import MARK, Signing
from edge.core.registry import Transaction
from edge.counter.till.paying.unpaid import unpaid_sale
from edge.counter.till.queries import read_basket
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.fiscal.austria.receipt import machine_code

_log = structlog.get_logger(__name__)
ANY_PLACE = 2**62


class BesideSigning:
    """Signs a store's practice papers and bills."""

    def __init__(self, signing: Signing) -> None:
        self._signing = signing

    def bill(self, tx: Transaction, command: QueuePrint) -> Any:
        """Sign a bill before payment, which is a transaction in Québec. Returns None to print it unchanged."""
        law = signing_regime(tx)
        if law is None or law.regime != "ca-qc" or _has_mark(command):
            return None
        sale = unpaid_sale(tx.db, tx.actor.register, self._signing.till)
        return self._sign_and_print(
            tx, command, bill_before_payment(sale, self._paper_context(tx)), "BILL", sale.opened_us
        )

    def sign_practice(self, tx: Transaction, command: QueuePrint) -> Any:
        """Sign a practice paper where the law requires it. Returns None to print it unchanged."""
        law = signing_regime(tx)
        if law is None or law.regime not in ("at", "ca-qc") or _has_mark(command):
            return None
        try:
            paper = practice_paper(command.document, self._paper_context(tx))
        except msgspec.ValidationError:
            _log.exception("a training receipt couldn't be read", register=tx.actor.register)
            return None
        if paper is None:
            return None
        if law.regime == "ca-qc":
            return self._sign_and_print(tx, command, paper, "TRAINING")
        event = self._signing.austrian_training(tx, law, paper)
        if event is None:
            return None
        tx.append(event)
        data = {"regime": "at", "signed": True, "out": event.out, "code": machine_code(event.signature)}
        return _print(tx, command, data, held=False)

    def before_cleared(self, tx: Transaction, command: object) -> None:
        """Sign that customers left without paying, when a basket with a printed bill is cleared."""
        law = signing_regime(tx)
        register = tx.actor.register
        if law is None or law.regime != "ca-qc":
            return
        basket = read_basket(tx.db, register)
        row = tx.db.execute(BILLS, (register, basket.opened_us, ANY_PLACE)).fetchone() if basket.lines else None
        bill = tx.read(row[1]).event if row else None
        if isinstance(bill, PaperSigned) and bill.beside is not None:
            at = datetime.fromtimestamp(tx.at_us // 1_000_000, self._signing.zone).replace(tzinfo=None)
            self._sign_paper(tx, msgspec.structs.replace(again(register, bill), at=at), "LEFT", basket.opened_us)

    def _sign_and_print(
        self, tx: Transaction, command: QueuePrint, paper: FiscalPaper, kind: Any, basket_us: int = 0
    ) -> Any:
        if not self._sign_paper(tx, paper, kind, basket_us):
            return None
        quebec, register = self._signing.quebec, tx.actor.register
        place = quebec.places(tx.db, register)
        data = quebec.mark_beside(tx.db, tx.read, register, place)
        return _print(tx, command, data, held=quebec.place_waits(tx.db, register, place))

    def _sign_paper(self, tx: Transaction, paper: FiscalPaper, kind: Any, basket_us: int) -> bool:
        try:
            event = self._signing.quebec.beside(tx, paper, kind, basket_us)
        except Exception:  # noqa: BLE001 - a paper that cannot be signed stops nothing; it is logged, and watched
            _log.exception("a document from outside the till couldn't be signed", register=tx.actor.register, kind=kind)
            return False
        tx.append(event)
        return True

    def _paper_context(self, tx: Transaction) -> AsMade:
        signing = self._signing
        about = (tx.actor.register, tx.actor.name, tx.business_date, tx.at_us)
        return AsMade(*about, signing.zone, signing.till.tax, signing.till.language)


def _has_mark(command: QueuePrint) -> bool:
    return any(isinstance(row, TemplateBlock) and row.template == MARK for row in command.document.rows)


def _print(tx: Transaction, command: QueuePrint, data: dict[str, Any], held: bool) -> Any:
    rows = (*command.document.rows, TemplateBlock(MARK, data))
    document = Document(command.document.language, rows, command.document.cut)
    return tx.do(msgspec.structs.replace(command, document=document, held=held)).result
