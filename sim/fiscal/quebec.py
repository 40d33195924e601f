"""Revenu Québec's WEB-SRM, simulated over HTTPS: certificates, transactions and batches, answers and refusals.

Written from public documents: the sample program SW-73.C (MIT licence) and SW-76. It checks what these documents
specify: headers, the certificate, signatures and their chain, widths, sums. `fault` makes it slow, refuse, or be
unreachable.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sim.fiscal.certificates import HERE, SimAuthority
from sim.http_service import ServedApp

Fault = Literal["", "slow", "busy", "refuse", "away", "lost"]
FIRST = "=" * 88
_SUM = re.compile(r"[+-]\d{9}\.\d\d")
_COUNT = re.compile(r"[+-]\d{5}\.\d\d")
_TEXT = re.compile(r"[a-zA-Z0-9 @:!#$%&'()*+,\-.=?_|~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]{2,128}")
_HEADERS = (
    *("ENVIRN", "CASESSAI", "APPRLINIT", "IDAPPRL", "NOTPS", "NOTVQ", "IDSEV", "IDVERSI", "CODCERTIF", "IDPARTN"),
    *("VERSI", "VERSIPARN", "SIGNATRANSM", "EMPRCERTIFTRANSM"),
)
_REPORT_SIGNED = (
    *("RT", "TQ", "UT", "NO", "MT", "DF", "AN", "SN", "SV"),
    *("SS", "SF", "SP", "ST", "IA", "IS", "VR", "DC", "DR"),
)
SLOW_S = 8.0


class SimQuebec:
    """The service. `taken`: accepted transactions by device and number, each once; `reports`: user reports by their
    fields; `batches`: sizes of the batches; `wrong`: faults found. `fault`: `slow` answers too late (as soon as it
    `wakes`), `busy` asks for a retry (code ending in 1), `refuse` rejects finally, `lost` accepts and hangs up, `away`
    hangs up at once."""

    def __init__(self, folder: Path, code: str = "D8T8-W8W8") -> None:
        self.authority = SimAuthority(folder)
        self.code = code
        self.sealing = rsa.generate_private_key(65537, 2048)
        self.service_key = folder / "service.pem"
        public = self.sealing.public_key()
        self.service_key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        self.fault: Fault = ""
        self.slow_s = SLOW_S
        self.wakes = asyncio.Event()
        self.taken: dict[tuple[str, str], dict[str, Any]] = {}
        self.chain: dict[str, str] = {}
        self.batches: list[int] = []
        self.wrong: list[str] = []
        self.reports: list[dict[str, str]] = []
        self.asked = 0
        self.port = 0
        self.enrolment_port = 0

    @property
    def host(self) -> str:
        return f"https://{HERE}:{self.port}"

    @property
    def enrolment(self) -> str:
        return f"https://{HERE}:{self.enrolment_port}"

    async def certificates(self, request: web.Request) -> web.Response:
        """`POST /certificats`."""
        body = (await request.json())["reqCertif"]
        csr = x509.load_der_x509_csr(base64.b64decode(body["csr"]))
        if body["modif"] != "AJO" or self.code not in csr.subject.rfc4514_string():
            return web.json_response({"retourCertif": {"listErr": [{"id": "code", "codRetour": "0202"}]}}, status=400)
        return web.json_response({"retourCertif": {"certif": self.authority.sign_request(csr).decode()}})

    async def transaction(self, request: web.Request) -> web.Response:
        """`POST /transaction`."""
        self.asked += 1
        assert request.transport is not None
        if self.fault == "away":
            request.transport.abort()
            return web.Response()
        body = (await request.json())["reqTrans"]
        device, batch, newest = request.headers.get("IDAPPRL", ""), body.get("transLot", []), body["transActu"]
        if self.fault == "slow":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wakes.wait(), self.slow_s)
        if self.fault == "busy":
            return self._answer(newest, [{"id": newest["noTrans"], "mess": "busy", "codRetour": "0001"}])
        if self.fault == "refuse":
            refused = [{"id": one["noTrans"], "mess": "refused", "codRetour": "0402"} for one in (*batch, newest)]
            return self._answer(newest, refused)
        fault = self._find_fault(request, [*batch, newest])
        if fault:
            self.wrong.append(fault)
            return self._answer(newest, [{"id": newest["noTrans"], "mess": fault, "codRetour": "0402"}])
        for one in (*batch, newest):
            self.taken.setdefault((device, one["noTrans"]), one)
            self.chain[device] = one["signa"]["actu"]
        if batch:
            self.batches.append(len(batch))
        if self.fault == "lost":
            request.transport.abort()
            return web.Response()
        return self._answer(newest, [], len(batch))

    async def document(self, request: web.Request) -> web.Response:
        """`POST /document`: a user report."""
        assert request.transport is not None
        if self.fault == "away":
            request.transport.abort()
            return web.Response()
        body = (await request.json())["reqDoc"]
        found = dict(part.split("=", 1) for part in body["doc"].split(";"))
        key = _peer(request).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        text = "".join(found[name] for name in _REPORT_SIGNED)
        fault = "" if body["typDoc"] == "RUT" else "no such document"
        fault = fault or ("" if _is_signed(key, text, found["SI"]) else "the report is not signed")
        fault = fault or ("" if found["IA"] == request.headers["IDAPPRL"] else "of another device")
        if fault or self.fault == "refuse":
            self.wrong += [fault] if fault else []
            return web.json_response({"retourDoc": {"listErr": [{"id": "RUT", "mess": fault, "codRetour": "0402"}]}})
        self.reports.append(found)
        return web.json_response({"retourDoc": {"listErr": []}})

    def _answer(self, newest: dict[str, Any], errors: list[dict[str, str]], batch: int = 0) -> web.Response:
        number = "" if errors else f"RQ{len(self.taken):08}"
        returned = {"noTrans": newest["noTrans"], "psiNoTrans": number, "psiDatTrans": "", "listErr": errors}
        returned["psiDatTrans"] = newest["datTrans"] if number else ""
        found: dict[str, Any] = {"retourTransActu": returned}
        if batch:
            found["retourTransLot"] = {"noLot": f"LOT{len(self.batches):06}", "datLot": newest["datTrans"]}
        return web.json_response({"retourTrans": found})

    def _find_fault(self, request: web.Request, all_of_it: list[dict[str, Any]]) -> str:
        """Return the fault found in a request; "" if there is none."""
        if missing := [name for name in _HEADERS if name not in request.headers]:
            return f"no header {missing[0]}"
        certificate = _peer(request)
        if certificate.fingerprint(SHA1()).hex() != request.headers["EMPRCERTIFTRANSM"]:  # nosec B303: its name
            return "another certificate"
        key = certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        device = request.headers["IDAPPRL"]
        previous = self.chain.get(device, FIRST)
        for one in all_of_it:
            known = self.taken.get((device, one["noTrans"]))
            if known is not None:
                if json.dumps(known, sort_keys=True) != json.dumps(one, sort_keys=True):
                    return f"{one['noTrans']} is another one than before"
                continue
            if fault := _wrong(one):
                return f"{one['noTrans']}: {fault}"
            if one["signa"]["preced"] != previous:
                return f"{one['noTrans']} is not chained"
            if not _is_signed(key, _text(one), one["signa"]["actu"]):
                return f"{one['noTrans']} is not signed"
            previous = one["signa"]["actu"]
        text = device + "".join(one["signa"]["actu"] for one in all_of_it)
        if not _is_signed(key, self.code + text, request.headers["SIGNATRANSM"]):
            return "the header is not signed"
        return ""


def _peer(request: web.Request) -> x509.Certificate:
    assert request.transport is not None
    der = request.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(der)


def _text(one: dict[str, Any]) -> str:
    sums, tax, signed = one["mont"], one["noTax"], one["signa"]
    about = (sums["TPS"], sums["TVQ"], sums["apresTax"], tax["noTPS"], tax["noTVQ"], one["modImpr"], one["modTrans"])
    return "".join((one["noTrans"], one["datTrans"], *about, signed["preced"]))


def _is_signed(key: ec.EllipticCurvePublicKey, text: str, signature: str) -> bool:
    data = base64.b64decode(signature)
    r, s = int.from_bytes(data[:32], "big"), int.from_bytes(data[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), text.encode("latin-1"), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return len(data) == 64


def _wrong(one: dict[str, Any]) -> str:
    """Contradictions between a transaction and the documents."""
    if len(one["noTrans"]) > 10:
        return "its number is too long"
    if odd := [name for name, text in one["mont"].items() if not _SUM.fullmatch(text)]:
        return f"{odd[0]} is no sum"
    for item in one["items"]:
        if not (_COUNT.fullmatch(item["qte"]) and _SUM.fullmatch(item["prix"]) and _TEXT.fullmatch(item["descr"])):
            return f"an article is wrong: {item}"
    cents = {name: int(text.replace(".", "")) for name, text in one["mont"].items()}
    if cents["avantTax"] + cents["TPS"] + cents["TVQ"] != cents["apresTax"]:
        return "its taxes do not come to its sum"
    if sum(int(item["prix"].replace(".", "")) for item in one["items"]) != cents["avantTax"]:
        return "its articles do not come to its sum"
    return ""


@asynccontextmanager
async def quebec(folder: Path) -> AsyncIterator[SimQuebec]:
    """Run the service while the context is open."""
    sim, asked, enrolling = SimQuebec(folder), web.Application(), web.Application()
    asked.router.add_post("/transaction", sim.transaction)
    asked.router.add_post("/document", sim.document)
    enrolling.router.add_post("/certificats", sim.certificates)
    async with (
        ServedApp(asked, tls=sim.authority.tls(clients=True)) as served,
        ServedApp(enrolling, tls=sim.authority.tls(clients=False)) as enrolment,
    ):
        sim.port, sim.enrolment_port = served.port, enrolment.port
        yield sim
