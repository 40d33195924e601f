"""What can be asked of the law's part."""

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
    """The store is under a law from today on; from the next day of business, where it has sold today."""

    regime: Regime


class EndRegime(Command, frozen=True):
    """The store is no longer under a law from the next day of business on."""

    regime: Regime
    why: Literal["closed", "moved", "other_system", "mistaken"]


class ReplaceSigningKey(Command, frozen=True):
    """Sign with a new key, as the old one is gone: no backup has it. Refused while it can be used."""

    regime: Regime


class CloseFiscalPeriods(Command, frozen=True):
    """Close the days, months and years of the register that are over, the oldest first; how many that were."""


class SignLog(Command, frozen=True):
    """Put what the journal told since into the signed log: some rows of it; whether there is more. `started`: the
    appliance began to sell; `stopped`: it is ended in order."""

    started: bool = False
    stopped: bool = False


class RecordFiscalFile(Command, frozen=True):
    """Note a file for an authority that was made."""

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
    """What Québec's service said of a transaction, as `TransactionAnswered` has it."""

    place: Number
    taken: bool
    service_number: ServiceWord = ""
    service_at: ServiceWord = ""
    codes: ServiceWord = ""
    why: Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{0,80}$(?!\n)")] = ""


class RecordTransactionAnswers(Command, frozen=True):
    """Note what Québec's service said of transactions of the register that this comes from, and print what waited for
    that."""

    answers: Annotated[tuple[AnsweredTransaction, ...], msgspec.Meta(max_length=100)]


class ReleaseHeldPrints(Command, frozen=True):
    """Print what waits for an answer of Québec's service for too long, as without one; how many that were."""


class NameSecurityDevice(Command, frozen=True):
    """Note the device that signs receipts in Germany, as `SecurityDeviceNamed` has it. The one that does is not noted
    again."""

    serial: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    algorithm: ServiceWord
    time_format: ServiceWord
    encoding: ServiceWord
    public_key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/=]{1,200}$(?!\n)")]
    certificate: Certificate = ""


class DeviceAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a device signed a row of the journal, or why it could not, as `DeviceSigned` has it."""

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
    """Note how the device signed what was told it, and print what waited for that. What was answered before stays."""

    answers: Annotated[tuple[DeviceAnswer, ...], msgspec.Meta(max_length=100)]


class RecordAllocation(Command, frozen=True):
    """Note the number that the authority gave an invoice."""

    invoice: DocumentNumber
    allocation: AllocationNumber


class RecordAllocationRefused(Command, frozen=True):
    """Note that the authority gives an invoice none."""

    invoice: DocumentNumber
    why: Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{1,80}$(?!\n)")]
