"""Commands of fiscal law."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.accounting.fiscal.events import (
    AllocationNumber,
    Certificate,
    Code,
    Day,
    FileIdentity,
    FileKind,
    LocalTime,
    Template,
)
from edge.accounting.fiscal.regimes import Regime
from edge.core.messages import Command, Number

ServiceWord = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 ._:+-]{0,60}$(?!\n)")]
DocumentNumber = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9./-]{0,39}$(?!\n)")]


class StartRegime(Command, frozen=True):
    """Apply a law to the store from today, or from the next business day if it has sold today."""

    regime: Regime


class EndRegime(Command, frozen=True):
    """End a law for the store from the next business day."""

    regime: Regime
    why: Literal["closed", "moved", "other_system", "mistaken"]


class ReplaceSigningKey(Command, frozen=True):
    """Replace a signing key that is lost and in no backup. Refused while the old key is usable."""

    regime: Regime


class CloseFiscalPeriods(Command, frozen=True):
    """Close the register's finished days, months and years, oldest first. Returns how many were closed."""


class SignLog(Command, frozen=True):
    """Append recent journal rows to the signed log. Returns whether there are more. `started`: the box began to sell;
    `stopped`: it was shut down properly."""

    started: bool = False
    stopped: bool = False


class RecordFiscalFile(Command, frozen=True):
    """Record a file made for an authority."""

    regime: Regime
    kind: FileKind
    of_register: Code
    since: Day
    until: Day
    identifier: Number
    at: LocalTime
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    records: Number
    lost: Number
    seq: Number
    template: Template = ""
    layout: Number = 1
    identity: FileIdentity | None = None


class AnsweredTransaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer of Québec's service about a transaction, as in `TransactionAnswered`."""

    place: Number
    taken: bool
    service_number: ServiceWord = ""
    service_at: ServiceWord = ""
    codes: ServiceWord = ""
    why: Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{0,80}$(?!\n)")] = ""


class RecordTransactionAnswers(Command, frozen=True):
    """Record answers of Québec's service about the register's transactions, and print papers that waited for them."""

    answers: Annotated[tuple[AnsweredTransaction, ...], msgspec.Meta(max_length=100)]


class ReleaseHeldPrints(Command, frozen=True):
    """Print papers that waited too long for Québec's service, without its answer. Returns how many were printed."""


class NameSecurityDevice(Command, frozen=True):
    """Record the device that signs receipts in Germany, as in `SecurityDeviceNamed`. The current one isn't recorded
    again."""

    serial: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    algorithm: ServiceWord
    time_format: ServiceWord
    encoding: ServiceWord
    public_key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/=]{1,200}$(?!\n)")]
    certificate: Certificate = ""


class DeviceAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The device's signature of a journal row, or the reason it failed, as in `DeviceSigned`."""

    of_seq: Number
    fault: ServiceWord = ""
    serial: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""
    transaction: Number = 0
    counter: Number = 0
    began_s: Number = 0
    ended_s: Number = 0
    process_data: Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{0,600}$(?!\n)")] = ""
    signature: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/=]{0,200}$(?!\n)")] = ""


class RecordDeviceAnswers(Command, frozen=True):
    """Record the device's answers, and print papers that waited for them. Earlier answers are kept."""

    answers: Annotated[tuple[DeviceAnswer, ...], msgspec.Meta(max_length=100)]


class RecordAllocation(Command, frozen=True):
    """Record an invoice's allocation number."""

    invoice: DocumentNumber
    allocation: AllocationNumber


class RecordAllocationRefused(Command, frozen=True):
    """Record that the authority refused an invoice's allocation number."""

    invoice: DocumentNumber
    why: Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{1,80}$(?!\n)")]
