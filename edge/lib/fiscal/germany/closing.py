"""A register's closing and its receipts as rows of DSFinV-K 2.4. Pure.

The sums of receipts and closings are derived from lines and payments, so they can't disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

import msgspec

from edge.lib.fiscal.germany.device import PROCESS_TYPE, GermanDevice, moment
from edge.lib.fiscal.germany.receipt import CASH, RECEIPT, GermanLine, GermanReceipt
from edge.lib.fiscal.germany.tables import GermanRow, german_tables, header_line, row_line

TAXONOMY = "2.4"
CERTIFICATE_PART = 1000
"""Characters of a device's certificate per column. A certificate spans four columns."""
VAT_KEYS = MappingProxyType(
    {1: (1900, "Allgemeiner Steuersatz"), 2: (700, "Ermäßigter Steuersatz"), 5: (0, "Nicht steuerbar")}
)
"""Rate in hundredths of a percent, and name."""


class GermanBusiness(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    street: str
    postcode: str
    city: str
    tax_number: str
    vat_number: str = ""
    country: str = "DEU"


class GermanRegister(msgspec.Struct, frozen=True, kw_only=True):
    """The register of a closing."""

    id: str
    brand: str
    model: str
    serial_number: str
    software: str
    software_version: str


class GermanClosing(msgspec.Struct, frozen=True, kw_only=True):
    """A Z report with its gapless number and local time. `devices`: the store's devices, in order; a receipt refers to
    them by position."""

    business: GermanBusiness
    register: GermanRegister
    number: int
    made_at: datetime
    day: date
    receipts: tuple[GermanReceipt, ...]
    devices: tuple[GermanDevice, ...] = ()

    @property
    def device_ids(self) -> dict[str, int]:
        """`TSE_ID` by serial number."""
        return {one.serial: place for place, one in enumerate(self.devices, 1)}


def dsfinvk_lines(closings: Iterable[GermanClosing]) -> Iterator[tuple[str, bytes]]:
    """Yield (table, line) for each line of each file, headers first; closings of a register in order."""
    for table in german_tables():
        yield table, header_line(table)
    for closing in closings:
        head: GermanRow = {
            "Z_KASSE_ID": closing.register.id,
            "Z_ERSTELLUNG": closing.made_at,
            "Z_NR": closing.number,
        }
        for table, row in closing_rows(closing):
            yield table, row_line(table, {**head, **row})


def closing_rows(closing: GermanClosing) -> Iterator[tuple[str, GermanRow]]:
    """Yield the rows of a closing by table, without the columns that identify the closing."""
    for receipt in closing.receipts:
        for table, row in _receipt_rows(receipt, closing.device_ids):
            yield table, {"BON_ID": receipt.id, **row}
    yield from _master_rows(closing)
    yield from _device_rows(closing)
    yield from _sum_rows([receipt for receipt in closing.receipts if receipt.kind == RECEIPT])


def _receipt_rows(receipt: GermanReceipt, devices: dict[str, int]) -> Iterator[tuple[str, GermanRow]]:
    yield (
        "transactions",
        {
            "BON_NR": receipt.number,
            "BON_TYP": receipt.kind,
            "TERMINAL_ID": receipt.terminal,
            "BON_STORNO": receipt.void,
            "BON_START": receipt.began,
            "BON_ENDE": receipt.ended,
            "BEDIENER_ID": receipt.operator,
            "UMS_BRUTTO": _euros(receipt.gross_minor),
            "KUNDE_NAME": receipt.customer,
        },
    )
    yield "transactions_tse", _tse_row(receipt, devices)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for place, line in enumerate(receipt.lines, 1):
        yield from _line_rows(str(place), line, receipt.void)
        sums[line.vat_key][0] += line.net_minor
        sums[line.vat_key][1] += line.tax_minor
    for vat_key, (net_minor, tax_minor) in sorted(sums.items()):
        yield "transactions_vat", {"UST_SCHLUESSEL": vat_key, **_amounts("BON_", "BON_UST", net_minor, tax_minor)}
    for payment in receipt.payments:
        foreign_minor = payment.amount_minor if payment.foreign_minor is None else payment.foreign_minor
        yield (
            "datapayment",
            {
                "ZAHLART_TYP": payment.kind,
                "ZAHLART_NAME": payment.name,
                "ZAHLWAEH_CODE": payment.currency,
                "ZAHLWAEH_BETRAG": _euros(foreign_minor),
                "BASISWAEH_BETRAG": _euros(payment.amount_minor),
            },
        )
    if other := receipt.reference:
        yield (
            "references",
            {
                "REF_TYP": "Transaktion",
                "REF_DATUM": other.made_at,
                "REF_Z_KASSE_ID": other.register,
                "REF_Z_NR": other.closing,
                "REF_BON_ID": other.receipt,
            },
        )


def _tse_row(receipt: GermanReceipt, devices: dict[str, int]) -> GermanRow:
    if (one := receipt.signed) is None:
        return {"TSE_TA_FEHLER": receipt.signing_fault}
    return {
        "TSE_ID": devices[one.serial],
        "TSE_TANR": one.transaction,
        "TSE_TA_START": moment(one.began_s),
        "TSE_TA_ENDE": moment(one.ended_s),
        "TSE_TA_VORGANGSART": PROCESS_TYPE,
        "TSE_TA_SIGZ": one.counter,
        "TSE_TA_SIG": one.signature,
        "TSE_VORGANGSDATEN": one.data,
    }


def _device_rows(closing: GermanClosing) -> Iterator[tuple[str, GermanRow]]:
    """The devices that signed something in the closing."""
    used = {receipt.signed.serial for receipt in closing.receipts if receipt.signed}
    for place, one in enumerate(closing.devices, 1):
        if one.serial not in used:
            continue
        parts = [one.certificate[at : at + CERTIFICATE_PART] for at in range(0, 4 * CERTIFICATE_PART, CERTIFICATE_PART)]
        yield (
            "tse",
            {
                "TSE_ID": place,
                "TSE_SERIAL": one.serial,
                "TSE_SIG_ALGO": one.algorithm,
                "TSE_ZEITFORMAT": one.time_format,
                "TSE_PD_ENCODING": one.encoding,
                "TSE_PUBLIC_KEY": one.public_key,
                **{f"TSE_ZERTIFIKAT_{name}": part for name, part in zip(("I", "II", "III", "IV"), parts, strict=True)},
            },
        )


def _line_rows(place: str, line: GermanLine, void: bool) -> Iterator[tuple[str, GermanRow]]:
    price_minor = line.unit_price_minor
    yield (
        "lines",
        {
            "POS_ZEILE": place,
            "ARTIKELTEXT": line.label,
            "GV_TYP": line.case,
            "GV_NAME": line.case_name,
            "P_STORNO": void,
            "AGENTUR_ID": 0,
            "ART_NR": line.article,
            "GTIN": line.gtin,
            "WARENGR": line.category,
            "MENGE": Decimal(line.quantity_thousandths).scaleb(-3),
            "FAKTOR": 1,
            "EINHEIT": line.unit,
            "STK_BR": None if price_minor is None else _euros(price_minor),
        },
    )
    amounts = _amounts("POS_", "POS_UST", line.net_minor, line.tax_minor)
    yield "lines_vat", {"POS_ZEILE": place, "UST_SCHLUESSEL": line.vat_key, **amounts}


def _master_rows(closing: GermanClosing) -> Iterator[tuple[str, GermanRow]]:
    business, register, receipts = closing.business, closing.register, closing.receipts
    address: GermanRow = {
        "NAME": business.name,
        "STRASSE": business.street,
        "PLZ": business.postcode,
        "ORT": business.city,
        "LAND": business.country,
    }
    payments = [payment for receipt in receipts if receipt.kind == RECEIPT for payment in receipt.payments]
    yield (
        "cashpointclosing",
        {
            **address,
            "Z_BUCHUNGSTAG": closing.day.isoformat(),
            "TAXONOMIE_VERSION": TAXONOMY,
            "Z_START_ID": receipts[0].id if receipts else "",
            "Z_ENDE_ID": receipts[-1].id if receipts else "",
            "STNR": business.tax_number,
            "USTID": business.vat_number,
            "Z_SE_ZAHLUNGEN": _euros(sum(payment.amount_minor for payment in payments)),
            "Z_SE_BARZAHLUNGEN": _euros(sum(payment.amount_minor for payment in payments if payment.kind == CASH)),
        },
    )
    yield "location", {**{f"LOC_{name}": value for name, value in address.items()}, "LOC_USTID": business.vat_number}
    yield (
        "cashregister",
        {
            "KASSE_BRAND": register.brand,
            "KASSE_MODELL": register.model,
            "KASSE_SERIENNR": register.serial_number,
            "KASSE_SW_BRAND": register.software,
            "KASSE_SW_VERSION": register.software_version,
            "KASSE_BASISWAEH_CODE": "EUR",
            "KEINE_UST_ZUORDNUNG": False,
        },
    )
    for key, (basis_points, name) in VAT_KEYS.items():
        yield "vat", {"UST_SCHLUESSEL": key, "UST_SATZ": _euros(basis_points), "UST_BESCHR": name}


def _sum_rows(receipts: list[GermanReceipt]) -> Iterator[tuple[str, GermanRow]]:
    cases: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    paid: dict[tuple[str, str], int] = defaultdict(int)
    cash: dict[str, int] = defaultdict(int)
    for receipt in receipts:
        for line in receipt.lines:
            cases[line.case, line.case_name, line.vat_key][0] += line.net_minor
            cases[line.case, line.case_name, line.vat_key][1] += line.tax_minor
        for payment in receipt.payments:
            paid[payment.kind, payment.name] += payment.amount_minor
            if payment.kind == CASH:
                foreign_minor = payment.foreign_minor
                cash[payment.currency] += payment.amount_minor if foreign_minor is None else foreign_minor
    for (case, name, vat_key), (net_minor, tax_minor) in sorted(cases.items()):
        amounts = _amounts("Z_UMS_", "Z_UST", net_minor, tax_minor)
        yield "businesscases", {"GV_TYP": case, "GV_NAME": name, "AGENTUR_ID": 0, "UST_SCHLUESSEL": vat_key, **amounts}
    for (kind, name), amount_minor in sorted(paid.items()):
        yield "payment", {"ZAHLART_TYP": kind, "ZAHLART_NAME": name, "Z_ZAHLART_BETRAG": _euros(amount_minor)}
    for currency, amount_minor in sorted(cash.items()):
        yield "cash_per_currency", {"ZAHLART_WAEH": currency, "ZAHLART_BETRAG_WAEH": _euros(amount_minor)}


def _amounts(prefix: str, tax_name: str, net_minor: int, tax_minor: int) -> dict[str, Decimal]:
    return {
        f"{prefix}BRUTTO": _euros(net_minor + tax_minor),
        f"{prefix}NETTO": _euros(net_minor),
        tax_name: _euros(tax_minor),
    }


def _euros(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)
