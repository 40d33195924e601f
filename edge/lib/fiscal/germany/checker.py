"""Checks DSFinV-K files: each column's form, and sums across files to the cent. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.following_rows import FollowingRows
from edge.lib.fiscal.germany.closing import TAXONOMY
from edge.lib.fiscal.germany.device import GermanDevice, is_signed_by, unix_seconds
from edge.lib.fiscal.germany.receipt import CASH, RECEIPT, GermanSignature
from edge.lib.fiscal.germany.tables import german_tables, read_rows

Closing = tuple[Any, Any]
"""Register and number of a closing."""
Sums = dict[tuple[Any, ...], Decimal]
_PARTS = (
    ("lines_vat", "POS_BRUTTO", "POS_NETTO", "POS_UST"),
    ("transactions_vat", "BON_BRUTTO", "BON_NETTO", "BON_UST"),
    ("businesscases", "Z_UMS_BRUTTO", "Z_UMS_NETTO", "Z_UST"),
)
_OF_RECEIPTS = ("lines", "lines_vat", "transactions_vat", "datapayment", "references", "transactions_tse")
_MASTER = ("cashpointclosing", "location", "cashregister")


def check_dsfinvk(files: Mapping[str, Iterable[str]]) -> list[Closing]:
    """Check the files and return their closings. Raises `FiscalFault` at the first fault.

    `files`: the lines of each table by its name without the extension; an empty table has its header. Rows are in the
    order of the closings, so that only one closing is kept in memory.
    """
    if missing := german_tables().keys() - files.keys():
        raise FiscalFault("files", f"{sorted(missing)[0]}.csv", "the file is missing.")
    if unknown := files.keys() - german_tables().keys():
        raise FiscalFault("files", f"{sorted(unknown)[0]}.csv", "DSFinV-K doesn't define this file.")
    tables = {name: FollowingRows(read_rows(name, lines), _closing) for name, lines in files.items()}
    last: dict[str, Decimal] = {}
    closed: list[Closing] = []
    while (closing := tables["cashpointclosing"].next_key) is not None:
        register, number = closing
        if register in last and number != last[register] + 1:
            place = f"cashpointclosing.csv, closing {number} of {register}"
            raise FiscalFault("gap", place, f"its number doesn't follow {last[register]}.")
        last[register] = number
        _Check({name: table.take(closing) for name, table in tables.items()}).run()
        closed.append(closing)
    for name, table in tables.items():
        if table.next_key is not None:
            register, number = table.next_key
            place = f"{name}.csv, closing {number} of {register}"
            raise FiscalFault("orphan", place, "closing not found.")
    return closed


class _Check:
    """Checks one closing."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.rows = rows
        self.kinds = {_receipt(row): row["BON_TYP"] for row in rows["transactions"]}

    def run(self) -> None:
        self.master()
        self.receipts()
        self.devices()
        self.amounts()
        self.closing()

    def master(self) -> None:
        row = self.rows["cashpointclosing"][0]
        for name in _MASTER:
            if len(self.rows[name]) != 1:
                raise FiscalFault("master", _place(name, row), f"{len(self.rows[name])} rows are for it, not one.")
        place = _place("cashpointclosing", row)
        if row["TAXONOMIE_VERSION"] != TAXONOMY:
            raise FiscalFault("version", place, f"its taxonomy is {row['TAXONOMIE_VERSION']}, not {TAXONOMY}.")
        receipts = [other["BON_ID"] for other in self.rows["transactions"]] or [""]
        if (row["Z_START_ID"], row["Z_ENDE_ID"]) != (receipts[0], receipts[-1]):
            declared = f"{row['Z_START_ID']} to {row['Z_ENDE_ID']}"
            found = f"it declares receipts {declared}, but has {receipts[0]} to {receipts[-1]}."
            raise FiscalFault("span", place, found)

    def receipts(self) -> None:
        seen: set[Any] = set()
        for row in self.rows["transactions"]:
            if _receipt(row) in seen:
                raise FiscalFault("doubled", _place("transactions", row), "the receipt is already in the file.")
            seen.add(_receipt(row))
        for name in _OF_RECEIPTS:
            for row in self.rows[name]:
                if _receipt(row) not in seen:
                    raise FiscalFault("orphan", _place(name, row), "receipt not found.")
        signed = {_receipt(row): row["TSE_TA_SIG"] or row["TSE_TA_FEHLER"] for row in self.rows["transactions_tse"]}
        for row in self.rows["transactions"]:
            if not signed.get(_receipt(row)):
                raise FiscalFault(
                    "signature", _place("transactions", row), "it has no signature and no reason for none."
                )
        lines = {(*_receipt(row), row["POS_ZEILE"]) for row in self.rows["lines"]}
        rated = {(*_receipt(row), row["POS_ZEILE"]) for row in self.rows["lines_vat"]}
        if odd := lines ^ rated:
            raise FiscalFault("lines", f"line {sorted(odd, key=str)[0]}", "it is in only one of lines and lines_vat.")

    def devices(self) -> None:
        """Check that each signature is by a device that the closing lists, over the data that the receipt states."""
        named = {row["TSE_ID"]: row for row in self.rows["tse"]}
        client = str(self.rows["cashregister"][0]["KASSE_SERIENNR"])
        for row in self.rows["transactions_tse"]:
            if not row["TSE_TA_SIG"]:
                continue
            place = _place("transactions_tse", row)
            if (told := named.get(row["TSE_ID"])) is None:
                raise FiscalFault("device", place, f"tse.csv has no device {row['TSE_ID']}.")
            device = GermanDevice(serial=str(told["TSE_SERIAL"]), public_key=str(told["TSE_PUBLIC_KEY"]))
            signature = GermanSignature(
                serial=device.serial,
                transaction=int(row["TSE_TANR"]),
                counter=int(row["TSE_TA_SIGZ"]),
                began_s=unix_seconds(str(row["TSE_TA_START"])),
                ended_s=unix_seconds(str(row["TSE_TA_ENDE"])),
                data=str(row["TSE_VORGANGSDATEN"]),
                signature=str(row["TSE_TA_SIG"]),
            )
            if not is_signed_by(device, client, signature):
                raise FiscalFault("signature", place, "its signature is invalid.")

    def amounts(self) -> None:
        keys = {(*_closing(row), row["UST_SCHLUESSEL"]) for row in self.rows["vat"]}
        for name, gross, net, tax in _PARTS:
            for row in self.rows[name]:
                if row[gross] != row[net] + row[tax]:
                    raise FiscalFault("amount", _place(name, row), f"{gross} isn't the sum of {net} and {tax}.")
                if (*_closing(row), row["UST_SCHLUESSEL"]) not in keys:
                    raise FiscalFault("vat", _place(name, row), f"vat.csv has no key {row['UST_SCHLUESSEL']}.")
        own_currency = self.rows["cashregister"][0]["KASSE_BASISWAEH_CODE"]
        for row in self.rows["datapayment"]:
            if row["ZAHLWAEH_CODE"] == own_currency and row["ZAHLWAEH_BETRAG"] != row["BASISWAEH_BETRAG"]:
                raise FiscalFault("amount", _place("datapayment", row), "its two amounts in one currency differ.")
        lines = _sums((_receipt(row), row["POS_BRUTTO"]) for row in self.rows["lines_vat"])
        own = _sums((_receipt(row), row["UMS_BRUTTO"]) for row in self.rows["transactions"])
        _agree("UMS_BRUTTO of transactions", own, lines)
        for place, column in enumerate(_PARTS[1][1:], 1):
            of_lines = _sums(
                ((*_receipt(row), row["UST_SCHLUESSEL"]), row[_PARTS[0][place]]) for row in self.rows["lines_vat"]
            )
            by_key = _sums(
                ((*_receipt(row), row["UST_SCHLUESSEL"]), row[column]) for row in self.rows["transactions_vat"]
            )
            _agree(f"{column} of transactions_vat", by_key, of_lines)
        paid = _sums((_receipt(row), row["BASISWAEH_BETRAG"]) for row in self._counted_rows("datapayment"))
        _agree(
            "payments of receipts",
            paid,
            _sums((_receipt(row), row["UMS_BRUTTO"]) for row in self._counted_rows("transactions")),
        )

    def closing(self) -> None:
        cases = {
            (*_receipt(row), row["POS_ZEILE"]): (row["GV_TYP"], row["GV_NAME"], row["AGENTUR_ID"])
            for row in self.rows["lines"]
        }
        for place, column in enumerate(_PARTS[2][1:], 1):
            of_lines = _sums(
                (
                    (*_closing(row), *cases[*_receipt(row), row["POS_ZEILE"]], row["UST_SCHLUESSEL"]),
                    row[_PARTS[0][place]],
                )
                for row in self._counted_rows("lines_vat")
            )
            stated = _sums(
                ((*_closing(row), row["GV_TYP"], row["GV_NAME"], row["AGENTUR_ID"], row["UST_SCHLUESSEL"]), row[column])
                for row in self.rows["businesscases"]
            )
            _agree(f"{column} of businesscases", stated, of_lines)
        payments = list(self._counted_rows("datapayment"))
        cash = [row for row in payments if row["ZAHLART_TYP"] == CASH]
        means = ("ZAHLART_TYP", "ZAHLART_NAME")
        _agree(
            "payment",
            _sums(
                ((*_closing(row), *(row[name] for name in means)), row["Z_ZAHLART_BETRAG"])
                for row in self.rows["payment"]
            ),
            _sums(((*_closing(row), *(row[name] for name in means)), row["BASISWAEH_BETRAG"]) for row in payments),
        )
        _agree(
            "cash_per_currency",
            _sums(
                ((*_closing(row), row["ZAHLART_WAEH"]), row["ZAHLART_BETRAG_WAEH"])
                for row in self.rows["cash_per_currency"]
            ),
            _sums(((*_closing(row), row["ZAHLWAEH_CODE"]), row["ZAHLWAEH_BETRAG"]) for row in cash),
        )
        for column, rows in (("Z_SE_ZAHLUNGEN", payments), ("Z_SE_BARZAHLUNGEN", cash)):
            stated = _sums((_closing(row), row[column]) for row in self.rows["cashpointclosing"])
            _agree(
                f"{column} of cashpointclosing", stated, _sums((_closing(row), row["BASISWAEH_BETRAG"]) for row in rows)
            )

    def _counted_rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Rows of the receipts that a closing counts."""
        return (row for row in self.rows[name] if self.kinds[_receipt(row)] == RECEIPT)


def _closing(row: Mapping[str, Any]) -> Closing:
    return row["Z_KASSE_ID"], row["Z_NR"]


def _receipt(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row["Z_KASSE_ID"], row["Z_NR"], row["BON_ID"]


def _place(name: str, row: Mapping[str, Any]) -> str:
    receipt = f", receipt {row['BON_ID']}" if "BON_ID" in row else ""
    return f"{name}.csv, closing {row['Z_NR']} of {row['Z_KASSE_ID']}{receipt}"


def _sums(rows: Iterable[tuple[tuple[Any, ...], Decimal | None]]) -> Sums:
    found: Sums = defaultdict(Decimal)
    for key, amount in rows:
        found[key] += amount or 0
    return found


def _agree(what: str, stated: Sums, right: Sums) -> None:
    for key in sorted(stated.keys() | right.keys(), key=str):
        if stated.get(key, Decimal()) != right.get(key, Decimal()):
            raise FiscalFault("sum", f"{what}, {key}", f"it is {stated.get(key, 0)}, but must be {right.get(key, 0)}.")
