"""Bank statements as camt.053 (ISO 20022, Bank To Customer Statement, any version). Pure.

Entries `Ntry` are between the balances `OPBD` and `CLBD`, which they must match if both are present.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from edge.accounting.settlements.bank import BankCredit, clean, number_alike
from edge.accounting.settlements.batch import is_day
from edge.core.messages import Refusal
from edge.lib.units.money import parse_minor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SIGNS = {"CRDT": 1, "DBIT": -1}
_BOOKED = ("BOOK", "")


def read_camt053(text: str) -> tuple[BankCredit, ...]:
    """The credits of a file. Raises `Refusal` if it's unreadable or its balances don't match."""
    try:
        root = fromstring(text.encode(), forbid_dtd=True)
        statements = list(_all(root, "BkToCstmrStmt", "Stmt"))
        if not statements:
            raise ValueError("it has no statement")
        return number_alike(credit for one in statements for credit in _credits(one))
    except (ParseError, DefusedXmlException, ValueError, KeyError) as error:
        raise Refusal("bank_file") from error


def _credits(statement: Element) -> Iterator[BankCredit]:
    """The booked credits of a statement. Raises `ValueError` or `KeyError` if one is malformed."""
    account = clean(_text(statement, "Acct", "Id", "IBAN") or _text(statement, "Acct", "Id", "Othr", "Id"))
    moved_minor = 0
    for entry in _all(statement, "Ntry"):
        if (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) not in _BOOKED:
            continue
        minor, currency = _amount(entry)
        moved_minor += minor
        day = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10]
        if not is_day(day):
            raise ValueError("an entry has no day")
        if minor > 0:
            reference = clean(_text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"))
            yield BankCredit(day=day, currency=currency, amount_minor=minor, account=account, reference=reference)
    balances = {_text(one, "Tp", "CdOrPrtry", "Cd"): _amount(one)[0] for one in _all(statement, "Bal")}
    opened, closed = (balances.get(kind) for kind in ("OPBD", "CLBD"))
    if opened is not None and closed is not None and opened + moved_minor != closed:
        raise Refusal("bad_control_total")


def _amount(one: Element) -> tuple[int, str]:
    """An entry's signed amount and currency."""
    amount = next(_all(one, "Amt"), None)
    if amount is None:
        raise ValueError("it has no amount")
    currency = amount.attrib["Ccy"]
    return _SIGNS[_text(one, "CdtDbtInd")] * parse_minor(amount.text or "", currency), currency


def _all(one: Element, *path: str) -> Iterator[Element]:
    """Elements reached by a path of tags, in any namespace."""
    if not path:
        yield one
        return
    for inner in one:
        if inner.tag.rpartition("}")[2] == path[0]:
            yield from _all(inner, *path[1:])


def _text(one: Element, *path: str) -> str:
    found = next(_all(one, *path), None)
    return (found.text or "").strip() if found is not None else ""
