"""Papers that another box made while a person let this one lead, signed as they come in. Inside the transaction.

Their own signatures are of a chain that parted from this one, with which nobody goes on; the paper that a customer
holds shows that one. Austria has receipts that were made beside a till which failed entered one by one afterwards: each
is signed once more, behind the last of this chain, under its own number and of its own moment. France's and Québec's
laws want papers one behind the other, and theirs do not come in (`backoffice/office/quarantine.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from edge.accounting.fiscal.queries import chain_end, read_register, signing_regime
from edge.accounting.fiscal.signing import Signing
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.transaction import encode
from edge.counter.till.queries import read_receipt
from sync.wire import Row


class BringsIn(Protocol):
    """The facts of one command that another box did: each row, as JSON, in order."""

    @property
    def rows(self) -> Sequence[str]: ...


class _SignedElsewhere(msgspec.Struct, frozen=True):
    """What is read of a `PaperSigned`."""

    regime: str
    number: int


def sign_late(signing: Signing, tx: Transaction, command: BringsIn, result: Any) -> Any:
    """Sign the papers that came in. `Refusal`: the key cannot be used just now, or the law ended."""
    for row, said in _signatures(command):
        receipt = read_receipt(tx.db, row.register, said.number)
        if receipt is None:
            continue  # it signed none of the till's papers: a receipt of zero, say
        law = signing_regime(tx)
        if law is None or law.regime != "at" or said.regime != "at" or not _goes_on(signing, tx, row):
            raise Refusal("aside_not_signed")
        signed = signing.signed(tx, law, signing.paper(tx, tx.read(receipt.seq)))
        tx.append_again(msgspec.structs.replace(row, version=signed.version, body=encode(signed)))
    return result


def _signatures(command: BringsIn) -> Iterator[tuple[Row, _SignedElsewhere]]:
    rows = (msgspec.json.decode(one, type=Row) for one in command.rows)
    for row in rows:
        if row.type == "PaperSigned":
            yield row, msgspec.json.decode(row.body, type=_SignedElsewhere)


def _goes_on(signing: Signing, tx: Transaction, row: Row) -> bool:
    """Whether the chain of a register goes on just now: it began, and its key is not out."""
    place, _ = chain_end(tx.db, "at", "ticket", row.register)
    is_out = read_register(tx.db, "at", row.register).out_since
    return place > 0 and not is_out and signing.can_sign("at")
