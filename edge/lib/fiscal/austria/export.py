"""The export of a register's receipts (DEP7, RKSV annex Z 3), and a checker of an export that needs no ledger. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from edge.lib.fiscal.austria.receipt import (
    OUT,
    RksvRegister,
    RksvState,
    RksvText,
    chain_value,
    decrypt_counter,
    next_counter,
    read_text,
    split_jws,
)
from edge.lib.fiscal.es256 import KeyLine, from_base64url
from edge.lib.fiscal.fault import FiscalFault

VIENNA = ZoneInfo("Europe/Vienna")
NO_CARD = "R1-AT0"
"""The suite of a closed system, which names keys by company and key."""
SERIAL_NUMBER = re.compile(r"[0-9A-Fa-f]+")
ZERO_WITHIN = 2
"""Number of signed receipts after an outage that must include a zero receipt."""


class ReceiptGroup(msgspec.Struct, frozen=True):
    """Receipts under one signer certificate and its issuer chain (base64 of DER; empty for none)."""

    certificate: str = msgspec.field(name="Signaturzertifikat")
    issuers: list[str] = msgspec.field(name="Zertifizierungsstellen")
    receipts: list[str] = msgspec.field(name="Belege-kompakt")


class ReceiptExport(msgspec.Struct, frozen=True):
    groups: list[ReceiptGroup] = msgspec.field(name="Belege-Gruppe")


def write_export(receipts: Iterable[str]) -> bytes:
    """Write receipts in JWS compact form, in order of creation, as one file."""
    return msgspec.json.encode(ReceiptExport([ReceiptGroup("", [], list(receipts))]))


def verify_export(
    data: bytes,
    register: RksvRegister,
    keys: Mapping[str, Sequence[ec.EllipticCurvePublicKey]],
    state: RksvState | None = None,
) -> RksvState:
    """Verify the whole file and return the state for the next receipt. Raises `FiscalFault` at the first wrong receipt.

    `keys`: the signers' keys, oldest first, by the certificate named in the text. `state`: the state before the file,
    if it doesn't begin at the register's start.
    """
    try:
        groups = msgspec.json.decode(data, type=ReceiptExport).groups
    except msgspec.DecodeError as error:
        raise FiscalFault("malformed", "export", f"it isn't a receipt file: {error}.") from error
    checker = ReceiptChecker(register, keys, state)
    for jws in (jws for group in groups for jws in group.receipts):
        checker.take(jws)
    return checker.state


def moments_of(at: datetime) -> tuple[datetime, datetime]:
    """Return the two moments that a receipt's local time can mean, in order. They differ only in the hour that October
    repeats."""
    first, second = (at.replace(tzinfo=VIENNA, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def not_before(at: datetime, last: datetime) -> datetime:
    """Return a receipt's time, or the previous receipt's if that is later.

    >>> not_before(datetime(2026, 11, 3, 9), datetime(2026, 11, 3, 10)).hour
    10
    >>> not_before(datetime(2026, 10, 25, 2, 10), datetime(2026, 10, 25, 2, 50)).minute
    10
    """
    return at if moments_of(at)[1] >= moments_of(last)[0] else last


class ReceiptChecker:
    """Checks receipts in order of creation. `take` raises `FiscalFault` for a wrong one."""

    def __init__(
        self,
        register: RksvRegister,
        keys: Mapping[str, Sequence[ec.EllipticCurvePublicKey]],
        state: RksvState | None = None,
    ) -> None:
        self.register = register
        self.keys = {certificate: KeyLine(known) for certificate, known in keys.items()}
        self.state = state or RksvState()
        self._numbers: set[str] = set()
        self._last = datetime.min.replace(tzinfo=UTC)
        self._awaiting_zero: int | None = None

    def take(self, jws: str) -> None:
        place = f"receipt {len(self._numbers) + 1}"
        _, payload, signature = split_jws(jws)
        try:
            text, raw = read_text(payload), from_base64url(signature)
        except ValueError as error:
            raise FiscalFault("malformed", place, f"the receipt {error}.") from error
        place = f"{place}, number {text.number}"
        for code, what in (
            *self._of_itself(text),
            *self._check_signature(jws, text, raw),
            *self._after_others(text, raw),
        ):
            raise FiscalFault(code, place, what)
        self._numbers.add(text.number)
        counter_minor = next_counter(self.state.counter_minor, text.kind, text.sums_minor)
        self.state = RksvState(counter_minor, jws)

    def _of_itself(self, text: RksvText) -> Iterator[tuple[str, str]]:
        if text.register != self.register.id:
            yield "register", f"it is from register {text.register}, not {self.register.id}."
        if text.suite != self.register.suite:
            yield "suite", f"it is signed by {text.suite}, not by {self.register.suite}."
        if text.suite != NO_CARD and not SERIAL_NUMBER.fullmatch(text.certificate):
            yield "certificate", f"{text.certificate} isn't a certificate's serial number."
        if text.number in self._numbers:
            yield "doubled", "the number was used before."
        if text.kind == "standard":
            expected_minor = self.state.counter_minor + sum(text.sums_minor)
            try:
                found_minor = decrypt_counter(self.register, text.number, text.counter)
            except ValueError as error:
                yield "malformed", f"its counter {error}."
                return
            if found_minor != expected_minor:
                yield "counter", f"its turnover counter is {found_minor} cents, but must be {expected_minor}."

    def _check_signature(self, jws: str, text: RksvText, signature: bytes) -> Iterator[tuple[str, str]]:
        if signature == OUT:
            return
        key = self.keys.get(text.certificate)
        if key is None:
            yield "key", f"no key is known for the certificate {text.certificate}."
        elif not key.is_signed(jws.rpartition(".")[0].encode("ascii"), signature):
            yield "signature", "its signature doesn't match its text."

    def _after_others(self, text: RksvText, signature: bytes) -> Iterator[tuple[str, str]]:
        if not self.state.previous and (signature == OUT or not text.is_zero):
            yield "start", "the first receipt must be a signed zero receipt."
        if text.chain != chain_value(self.register.id, self.state.previous):
            yield "chain", "it isn't chained to the previous receipt."
        moment = self._moment(text.at)
        if moment is None:
            yield "time", f"its time {text.at} is before the previous receipt's."
        else:
            self._last = moment
        if not self._zero_in_time(text, signature == OUT):
            yield "outage", "signing resumed after an outage without a zero receipt."

    def _moment(self, at: datetime) -> datetime | None:
        """Return the receipt's moment, not before the last one. In the hour that a clock change repeats, either moment
        is possible."""
        return next((moment for moment in moments_of(at) if moment >= self._last), None)

    def _zero_in_time(self, text: RksvText, out: bool) -> bool:
        if out:
            if self._awaiting_zero is None:  # another outage meanwhile doesn't extend the deadline
                self._awaiting_zero = ZERO_WITHIN
        elif text.is_zero:
            self._awaiting_zero = None
        elif self._awaiting_zero is not None:
            self._awaiting_zero -= 1
        return self._awaiting_zero != 0
