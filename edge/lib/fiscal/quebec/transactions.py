"""Transactions of Québec's WEB-SRM: their texts, signatures and JSON, and the service's answers. Pure.

Source: Revenu Québec's sample program SW-73.C (MIT licence), SW-76, and field widths published by partners; the guide
SW-73 is only for registered partners. Values that these don't give (hosts, ids, versions) are parameters.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from edge.lib.fiscal.es256 import is_signed, sign
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.units.money import divide_half_up

FIRST = "=" * 88
"""Replaces the previous signature in the first transaction."""
AGAIN = frozenset("015")
"""Last digits of return codes after which the transaction is sent again. All other codes are final."""
NUMBER_CHARACTERS = 10
MOST_SUM_MINOR = 10**11 - 1
MOST_QUANTITY = 10**8 - 1
_NO_LETTER = re.compile(r"[^a-zA-Z0-9 @:!#$%&'()*+,\-.=?_|~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_WRITTEN = MappingProxyType(
    str.maketrans({"œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "“": "'", "”": "'", "–": "-", "—": "-"})
)
_LONGEST = 128
_MONTREAL = ZoneInfo("America/Montreal")


class QuebecDevice(msgspec.Struct, frozen=True, kw_only=True):
    """The system and its version as registered with the authority, and the till's owner."""

    device: str
    authorisation: str
    system: str
    version: str
    certificate_code: str
    partner: str
    partner_version: str
    parent_version: str
    gst: str
    qst: str
    name: str
    service: str = "CMP"
    sector: str = "RBC"
    environment: str = "DEV"
    case: str = "000.000"


class QuebecItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item. `tax`: F, P, FP, NON or SOB."""

    label: str
    quantity_thousandths: int
    price_minor: int
    tax: str
    activity: str = "NON"


class QuebecReference(msgspec.Struct, frozen=True):
    """The transaction that another one refers to."""

    number: str
    at: datetime
    net_minor: int


class QuebecTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction. Sums are in cents, below zero for returns; `at` is local time in Montréal."""

    number: str
    at: datetime
    operator: str
    items: tuple[QuebecItem, ...]
    net_minor: int
    gst_minor: int
    qst_minor: int
    total_minor: int
    due_minor: int
    rounding_minor: int = 0
    tip_minor: int = 0
    kind: str = "RFER"
    payment: str = "ARG"
    printed: str = "FAC"
    form: str = "PAP"
    mode: str = "OPE"
    references: tuple[QuebecReference, ...] = ()


class QuebecAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The service's answer to a transaction. `number`, `at`: the authority's, "" if it didn't accept the transaction.
    `codes`: return codes of its errors."""

    transaction: str
    number: str = ""
    at: str = ""
    codes: tuple[str, ...] = ()
    message: str = ""

    @property
    def is_accepted(self) -> bool:
        return bool(self.number)

    @property
    def final(self) -> bool:
        """Whether the transaction must not be sent again, because it was accepted or finally rejected."""
        return self.is_accepted or any(code[-1:] not in AGAIN for code in self.codes if code)


def body_text(device: QuebecDevice, one: QuebecTransaction, previous: str) -> str:
    """Return the text that a transaction's own signature covers."""
    if len(one.number) > NUMBER_CHARACTERS:
        raise FiscalFault("number", f"transaction {one.number}", f"it has more than {NUMBER_CHARACTERS} characters.")
    sums = (money(one.gst_minor), money(one.qst_minor), money(one.total_minor))
    about = (device.gst, device.qst, one.printed, one.mode, previous or FIRST)
    return "".join((one.number, f"{one.at:%Y%m%d%H%M%S}", *sums, *about))


def sign_body(key: ec.EllipticCurvePrivateKey, device: QuebecDevice, one: QuebecTransaction, previous: str) -> str:
    """Return a transaction's signature in base64, chained to the previous one ("" for the first)."""
    return base64.b64encode(sign(key, body_text(device, one, previous).encode("latin-1"))).decode("ascii")


def is_body_signed(
    key: ec.EllipticCurvePublicKey, device: QuebecDevice, one: QuebecTransaction, previous: str, signature: str
) -> bool:
    """Whether the signature is this transaction's, chained to the previous one."""
    try:
        return is_signed(key, body_text(device, one, previous).encode("latin-1"), base64.b64decode(signature))
    except (ValueError, InvalidSignature):
        return False


def headers(
    key: ec.EllipticCurvePrivateKey, device: QuebecDevice, fingerprint: str, signatures: Sequence[str]
) -> dict[str, str]:
    """Headers of a request with transactions of these body signatures, oldest first. `fingerprint`: SHA-1 of the
    certificate, in hexadecimal."""
    text = f"{device.authorisation}{device.device}{''.join(signatures)}"
    return {
        "Content-Type": "application/json",
        "ENVIRN": device.environment,
        "CASESSAI": device.case,
        "APPRLINIT": "SEV",
        "IDAPPRL": device.device,
        "NOTPS": device.gst,
        "NOTVQ": device.qst,
        "IDSEV": device.system,
        "IDVERSI": device.version,
        "CODCERTIF": device.certificate_code,
        "IDPARTN": device.partner,
        "VERSI": device.partner_version,
        "VERSIPARN": device.parent_version,
        "SIGNATRANSM": base64.b64encode(sign(key, text.encode("latin-1"))).decode("ascii"),
        "EMPRCERTIFTRANSM": fingerprint,
    }


def request(transactions: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the body of a request: the newest transaction, and after an outage the earlier ones as a batch."""
    *before, newest = transactions
    body: dict[str, Any] = {"transActu": newest}
    if before:
        body["transLot"] = before
    return msgspec.json.encode({"reqTrans": body})


def fields(
    device: QuebecDevice, one: QuebecTransaction, signature: str, previous: str, fingerprint: str
) -> dict[str, Any]:
    """A transaction as sent: all values as text."""
    sums = {
        "avantTax": money(one.net_minor),
        "TPS": money(one.gst_minor),
        "TVQ": money(one.qst_minor),
        "apresTax": money(one.total_minor),
        "mtdu": money(one.due_minor),
    }
    sums |= {"ajus": money(one.rounding_minor)} if one.rounding_minor else {}
    sums |= {"pourb": money(one.tip_minor)} if one.tip_minor else {}
    found: dict[str, Any] = {
        "sectActi": {"abrvt": device.sector, "typServ": device.service},
        "noTrans": one.number,
        "nomMandt": legal_text(device.name)[:64],
        "nomUtil": legal_text(one.operator)[:64],
        "relaCommer": "B2C",
        "datTrans": f"{one.at:%Y%m%d%H%M%S}",
        "utc": offset(one.at),
        "items": [_item(item) for item in one.items],
        "mont": sums,
        "noDossFO": "",
        "noTax": {"noTPS": device.gst, "noTVQ": device.qst},
        "commerElectr": "N",
        "typTrans": one.kind,
        "modPai": one.payment,
        "modImpr": one.printed,
        "formImpr": one.form,
        "modTrans": one.mode,
        "signa": {"datActu": f"{one.at:%Y%m%d%H%M%S}", "actu": signature, "preced": previous or FIRST},
        "emprCertifSEV": fingerprint,
        "SEV": {
            "idSEV": device.system,
            "idVersi": device.version,
            "codCertif": device.certificate_code,
            "idPartn": device.partner,
            "versi": device.partner_version,
            "versiParn": device.parent_version,
        },
    }
    if one.references:
        found["refs"] = [
            {"noTrans": other.number, "datTrans": f"{other.at:%Y%m%d%H%M%S}", "avantTax": money(other.net_minor)}
            for other in one.references
        ]
    return found


def read_answers(data: bytes, batch: Sequence[str] = ()) -> list[QuebecAnswer]:
    """Return the service's answer to each transaction. Transactions of the `batch` get the batch's number and time,
    unless they have an error of their own. Raises `FiscalFault` `malformed` if the sample program couldn't read the
    answer."""
    try:
        found = msgspec.json.decode(data, type=_Returned).retour_trans
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FiscalFault("malformed", "answer", f"it is invalid: {error}.") from error
    answers, lot = list[QuebecAnswer](), found.retour_trans_lot
    errors = found.retour_trans_actu.list_err if found.retour_trans_actu else ()
    for number in batch:
        of_it = tuple(error for error in errors if error.id == number)
        taken = lot is not None and lot.no_lot and not of_it
        answers.append(
            _answer(number, lot.no_lot if lot and taken else "", lot.dat_lot if lot and taken else "", of_it)
        )
    if row := found.retour_trans_actu:
        own = tuple(error for error in row.list_err if error.id not in batch)
        answers.append(_answer(row.no_trans, row.psi_no_trans, row.psi_dat_trans, own))
    return answers


def _answer(transaction: str, number: str, at: str, errors: Sequence[_Error]) -> QuebecAnswer:
    return QuebecAnswer(
        transaction=transaction,
        number=number,
        at=at,
        codes=tuple(error.cod_retour for error in errors),
        message=legal_text(" ".join(error.mess for error in errors))[:80] if errors else "",
    )


def qr_address(
    base: str,
    service_key: rsa.RSAPublicKey,
    device: QuebecDevice,
    one: QuebecTransaction,
    signature: str,
    previous: str,
    fingerprint: str,
) -> str:
    """Return the address in the bill's QR code, at which anyone can look the bill up."""
    sums = (money(one.gst_minor), money(one.qst_minor), money(one.total_minor), money(one.due_minor))
    about = (device.gst, device.qst, one.printed, one.mode, signature, previous or FIRST)
    text = "".join((fingerprint, f"{one.at:%Y%m%d%H%M%S}", *sums, *about, one.number.rjust(NUMBER_CHARACTERS, "=")))
    data = text.encode("latin-1")
    room = service_key.key_size // 8 - 11
    parts = (data[at : at + room] for at in range(0, len(data), room))
    sealed = b"".join(service_key.encrypt(part, padding.PKCS1v15()) for part in parts)
    return base + quote(base64.b64encode(sealed).decode("ascii"), safe="")


def legal_text(text: str) -> str:
    """A text reduced to the allowed characters: at least two and at most 128.

    >>> legal_text("Œuf “dur” [bio] 🥚"), legal_text("A")
    ("OEuf 'dur' bio", 'A.')
    """
    plain = " ".join(_NO_LETTER.sub(" ", text.translate(_WRITTEN)).split())[:_LONGEST]
    return plain if len(plain) >= 2 else f"{plain or '.'}."


def money(minor: int) -> str:
    """Format cents as sign, nine digits, point, two digits. Raises `FiscalFault` if they don't fit.

    >>> money(480), money(-5), money(0)
    ('+000000004.80', '-000000000.05', '+000000000.00')
    """
    if abs(minor) > MOST_SUM_MINOR:
        raise FiscalFault("too_long", f"sum {minor}", "it has more than nine digits.")
    return f"{'-' if minor < 0 else '+'}{abs(minor) // 100:09}.{abs(minor) % 100:02}"


def amount(thousandths: int) -> str:
    """Format thousandths as sign, five digits, point, two digits, rounded half away from zero. Raises `FiscalFault` if
    they don't fit.

    >>> amount(1000), amount(-1255)
    ('+00001.00', '-00001.26')
    """
    hundredths = divide_half_up(abs(thousandths), 10)
    if hundredths >= MOST_QUANTITY:
        raise FiscalFault("too_long", f"quantity {thousandths}", "it has more than five digits.")
    return f"{'-' if thousandths < 0 else '+'}{hundredths // 100:05}.{hundredths % 100:02}"


def offset(at: datetime) -> str:
    """Return Montréal's standard offset from UTC, followed by A during daylight saving time and N otherwise.

    >>> offset(datetime(2026, 11, 3)), offset(datetime(2026, 8, 21))
    ('-05:00N', '-05:00A')
    """
    return f"-05:00{'A' if at.replace(tzinfo=_MONTREAL).dst() else 'N'}"


def _item(item: QuebecItem) -> dict[str, str]:
    found = {
        "qte": amount(item.quantity_thousandths),
        "descr": legal_text(item.label),
        "prix": money(item.price_minor),
        "tax": item.tax,
        "acti": item.activity,
    }
    return found


def means_code(means: Iterable[str]) -> str:
    """Return the code of a paper's payment method: the only one, or a code for several or none."""
    found = set(means)
    return found.pop() if len(found) == 1 else "MIX" if found else "AUC"


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    mess: str = ""
    cod_retour: str = ""


class _Row(msgspec.Struct, frozen=True, rename="camel"):
    no_trans: str
    psi_no_trans: str = ""
    psi_dat_trans: str = ""
    list_err: tuple[_Error, ...] = ()


class _Lot(msgspec.Struct, frozen=True, rename="camel"):
    no_lot: str = ""
    dat_lot: str = ""


class _Of(msgspec.Struct, frozen=True, rename="camel"):
    retour_trans_actu: _Row | None = None
    retour_trans_lot: _Lot | None = None


class _Returned(msgspec.Struct, frozen=True, rename="camel"):
    retour_trans: _Of
