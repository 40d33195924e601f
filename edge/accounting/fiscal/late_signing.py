"""Papers issued by another box while a person had promoted this one, signed on import. Inside the transaction.

The signature on the customer's paper belongs to a chain that diverged from this one and isn't continued. Austria
requires receipts issued during a till's failure to be entered one by one afterwards: each is signed again at the end of
this chain, under its own number and time. French and Québec law require an unbroken sequence, so such papers aren't
imported (`backoffice/office/quarantine.py`).
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
    """A command with the events of one command at another box: each row as JSON, in order."""

    @property
    def rows(self) -> Sequence[str]: ...


class _SignedElsewhere(msgspec.Struct, frozen=True):
    """The fields that are read from a `PaperSigned`."""

    regime: str
    number: int


def sign_late(signing: Signing, tx: Transaction, command: BringsIn, result: Any) -> Any:
    """Sign imported papers. Raises `Refusal` if the key isn't usable now or the law has ended."""
    for row, said in _signatures(command):
        receipt = read_receipt(tx.db, row.register, said.number)
        if receipt is None:
            continue  # not a till receipt, for example a zero receipt
        law = signing_regime(tx)
        if law is None or law.regime != "at" or said.regime != "at" or not _goes_on(signing, tx, row):
            raise Refusal("aside_not_signed")
        signed = signing.sign_paper(tx, law, signing.paper(tx, tx.read(receipt.seq)))
        tx.append_again(msgspec.structs.replace(row, version=signed.version, body=encode(signed)))
    return result


def _signatures(command: BringsIn) -> Iterator[tuple[Row, _SignedElsewhere]]:
    rows = (msgspec.json.decode(one, type=Row) for one in command.rows)
    for row in rows:
        if row.type == "PaperSigned":
            yield row, msgspec.json.decode(row.body, type=_SignedElsewhere)


def _goes_on(signing: Signing, tx: Transaction, row: Row) -> bool:
    """Whether a register's chain can continue now: it has started and its key is usable."""
    place, _ = chain_end(tx.db, "at", "ticket", row.register)
    is_out = read_register(tx.db, "at", row.register).out_since
    return place > 0 and not is_out and signing.can_sign("at")
