"""The certificate of Québec's service. It's requested once with the box's key and the authority's code."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Collection

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from edge.accounting.fiscal import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.settings import FiscalSettings
from edge.lib.errors import NeedsHuman
from edge.lib.fiscal.quebec.transactions import headers
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

PATH = "/certificats"


class _Certificate(msgspec.Struct, frozen=True, rename="camel"):
    certif: str = ""


class _Answer(msgspec.Struct, frozen=True, rename="camel"):
    retour_certif: _Certificate


def certificate_request(keys: FiscalKeys, settings: FiscalSettings, register: str, code: str) -> str:
    """The CSR in base64 on one line, with names ordered as in the authority's sample program."""
    device = device_of(settings, register)
    names = (
        (NameOID.COMMON_NAME, device.device),
        (NameOID.ORGANIZATION_NAME, f"RBC-{code}"[:64]),
        (NameOID.SURNAME, "Certificat du serveur"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, device.qst),
        (NameOID.GIVEN_NAME, settings.name[:64] or "edge"),
        (NameOID.LOCALITY_NAME, "-05:00"),
        (NameOID.STATE_OR_PROVINCE_NAME, "QC"),
        (NameOID.COUNTRY_NAME, "CA"),
    )
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(keys.key("ca-qc"), SHA256())
    return base64.b64encode(request.public_bytes(Encoding.DER)).decode("ascii")


async def enrol(keys: FiscalKeys, settings: FiscalSettings, register: str, code: str, allowed: Collection[str]) -> str:
    """Obtain and store a certificate. Returns its fingerprint. Raises `NeedsHuman` if it was refused or there was no
    answer."""
    where = settings.quebec.enrolment
    if not where:
        raise NeedsHuman("No certificate service is configured.", "Set enrolment in [fiscal.ca-qc] of config.toml.")
    body = msgspec.json.encode(
        {"reqCertif": {"modif": "AJO", "csr": certificate_request(keys, settings, register, code)}}
    )
    device = msgspec.structs.replace(device_of(settings, register), authorisation=code)
    above = headers(keys.key("ca-qc"), device, "", [])
    tls = ssl.create_default_context(cafile=settings.quebec.ca or None)
    try:
        async with OutgoingHttp(Breakers(), allowed, tls=tls) as http:
            answer = require_success(await http.post(f"{where}{PATH}", body, above))
        found = msgspec.json.decode(answer.body, type=_Answer).retour_certif.certif
        keys.keep_certificate(found.encode())
    except (Undelivered, MaybeSent, msgspec.MsgspecError, ValueError) as error:
        raise NeedsHuman(f"No certificate was issued: {error}.", "Check the code and [fiscal.ca-qc].") from error
    return keys.fingerprint
