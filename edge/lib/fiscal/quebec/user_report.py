"""Québec's user report (RUT): its sheet, signed text and request. Pure.

Its content is public: Revenu Québec, "Producing a user report". Its two-letter fields and their signing order follow a
partner's publication of 2026, which hadn't been tested against the service.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.es256 import is_signed, sign
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.quebec.transactions import QuebecDevice, legal_text, money

KIND = "RUT"
OF_DEVICE, ALL_USERS = "A", "Tous"
"""The report covers one till and all of its users."""
NAME_MOST = 64
_ORDER = (
    *("RT", "TQ", "UT", "NO", "MT", "DF", "AN", "SN", "SV", "SS", "SF", "SP"),
    *("ST", "SA", "SD", "TS", "SR", "CM", "IA", "IS", "VR", "DC", "DR"),
)
"""Order of the fields before the signature."""


class LastDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The newest document of a till. `service_number` and `service_at` are "" until the service answers. `at`: local
    time."""

    number: str
    at: datetime
    total_minor: int
    printed: str
    service_number: str = ""
    service_at: str = ""


class UserReport(msgspec.Struct, frozen=True, kw_only=True):
    """A till's totals from January 1 of a `year`. `documents` counts all that were sent, `paid` those that complete or
    refund a sale. The sums are of the latter, in cents, below zero for refunds. `adjusted_minor`: cash rounding and
    tips, which with the total give `due_minor`. `began`: start of the requesting user's shift. All times are local."""

    user: str
    year: int
    documents: int
    paid: int
    net_minor: int
    gst_minor: int
    qst_minor: int
    total_minor: int
    due_minor: int
    began: datetime
    made: datetime
    last: LastDocument | None = None
    address: str = ""

    @property
    def adjusted_minor(self) -> int:
        return self.due_minor - self.total_minor


def signed_text(device: QuebecDevice, report: UserReport) -> str:
    """The text that a report's signature covers."""
    return "".join(text for _, text in _signed_fields(device, report))


def sign_report(key: ec.EllipticCurvePrivateKey, device: QuebecDevice, report: UserReport) -> str:
    """Sign a report and return the signature in base64."""
    return base64.b64encode(sign(key, signed_text(device, report).encode("latin-1"))).decode("ascii")


def is_report_signed(key: ec.EllipticCurvePublicKey, text: str, signature: str) -> bool:
    """Whether a signature matches a report's text."""
    try:
        return is_signed(key, text.encode("latin-1"), base64.b64decode(signature))
    except (ValueError, InvalidSignature):
        return False


def report_request(device: QuebecDevice, report: UserReport, signature: str, fingerprint: str) -> bytes:
    """The body of a `document` request. `fingerprint`: SHA-1 of the certificate, in hexadecimal."""
    signed = dict(_signed_fields(device, report))
    beside = {
        **{"SA": money(report.adjusted_minor), "SD": money(report.due_minor)},
        **{"TS": OF_DEVICE, "SR": device.device, "CM": ALL_USERS},
    }
    found = {**signed, **beside}
    fields = [*((name, found[name]) for name in _ORDER), ("SI", signature), ("EM", fingerprint)]
    if report.address:
        fields.append(("AD", legal_text(report.address)))
    text = ";".join(f"{name}={value}" for name, value in fields)
    return msgspec.json.encode({"reqDoc": {"typDoc": KIND, "doc": text}})


def read_report_answer(data: bytes) -> tuple[str, ...]:
    """Return the return codes of the service's objections to a report; empty if it was accepted. Raises `FiscalFault`
    `malformed` if the data isn't an answer."""
    try:
        found = msgspec.json.decode(data, type=_Returned).retour_doc
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FiscalFault("malformed", "answer", f"it is invalid: {error}.") from error
    return tuple(error.cod_retour for error in found.list_err)


def report_sheet(device: QuebecDevice, report: UserReport) -> Iterator[str]:
    """The report as shown and printed, in French as the law requires."""
    yield "RAPPORT DE L'UTILISATEUR"
    yield from (device.name, f"TPS {device.gst}", f"TVQ {device.qst}", f"Utilisateur : {report.user}")
    if report.address:
        yield report.address
    yield ""
    if last := report.last:
        yield "DERNIER DOCUMENT"
        yield f"Numéro : {last.number}"
        yield f"Total : {_dollars(last.total_minor)}"
        yield f"Impression : {last.printed}"
        yield f"Produit : {last.at:%Y-%m-%d %H:%M:%S}"
        yield f"Traité : {last.service_at or 'PROBLÈME DE COMMUNICATION'}"
        if last.service_number:
            yield f"Numéro du MEV-WEB : {last.service_number}"
        yield ""
    yield f"VENTES DE {report.year}"
    yield f"Documents : {report.documents}, dont reçus de fermeture : {report.paid}"
    sums = (("Total avant taxes", report.net_minor), ("TPS", report.gst_minor), ("TVQ", report.qst_minor))
    for name, minor in (*sums, ("Total", report.total_minor), ("Ajustements", report.adjusted_minor)):
        yield f"{name} : {_dollars(minor)}"
    yield f"Montant dû : {_dollars(report.due_minor)}"
    yield ""
    yield f"Appareil : {device.device}"
    yield f"SEV : {device.system}, version {device.partner_version}"
    yield f"Connexion : {report.began:%Y-%m-%d %H:%M:%S}"
    yield f"Rapport : {report.made:%Y-%m-%d %H:%M:%S}"


def _signed_fields(device: QuebecDevice, report: UserReport) -> Iterator[tuple[str, str]]:
    last = report.last
    yield from (("RT", device.gst), ("TQ", device.qst), ("UT", legal_text(report.user)[:NAME_MOST]))
    yield "NO", last.number if last else ""
    yield "MT", money(last.total_minor if last else 0)
    yield "DF", f"{last.at if last else report.made:%Y%m%d%H%M%S}"
    yield from (("AN", str(report.year)), ("SN", str(report.documents)), ("SV", str(report.paid)))
    yield from (("SS", money(report.net_minor)), ("SF", money(report.gst_minor)), ("SP", money(report.qst_minor)))
    yield from (("ST", money(report.total_minor)), ("IA", device.device), ("IS", device.system))
    yield from (("VR", device.partner_version), ("DC", f"{report.began:%Y%m%d%H%M%S}"))
    yield "DR", f"{report.made:%Y%m%d%H%M%S}"


def _dollars(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02} $"


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    cod_retour: str = ""


class _Document(msgspec.Struct, frozen=True, rename="camel"):
    list_err: tuple[_Error, ...] = ()


class _Returned(msgspec.Struct, frozen=True, rename="camel"):
    retour_doc: _Document
