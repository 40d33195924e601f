"""Events of fiscal law."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.accounting.fiscal.regimes import Regime
from edge.core.messages import Event, Number
from edge.core.registry import Upcaster

Code = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{0,600}$(?!\n)")]
"""An id, number or signature in ASCII, written by the software."""
Certificate = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/=]{0,4000}$(?!\n)")]
LineLabel = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""A product's name, as on the paper."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Period = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$(?!\n)")]
LocalTime = Annotated[
    str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$(?!\n)", examples=["2026-01-31T12:00:00"])
]
"""A local time in the store's time zone, to the second."""
Template = Annotated[str, msgspec.Meta(max_length=16_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$(?!\n)")]
"""A file's headings as TOML, as required by the authority, from the shop's configuration."""
Jws = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{0,2000}$(?!\n)")]
PaperKind = Literal[
    "VENTE",
    "REMBOURSEMENT",
    "ANNULATION",
    "ECHANGE",
    "START",
    "MONTH",
    "YEAR",
    "OUTAGE",
    "REPRODUCTION",
    "TRAINING",
    "BILL",
    "LEFT",
]
"""The kind of a signed paper: four kinds of the till's papers, Austria's zero receipt, Québec's reproduction, practice,
a bill before payment, and an unpaid bill."""
FileKind = Literal["archive", "uniform", "dep", "dsfinvk", "month"]
AllocationNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{9}$(?!\n)", examples=["123456789"])]


class VatSum(msgspec.Struct, frozen=True, array_like=True):
    """A taxed sum in minor units, at a rate in hundredths of a percent."""

    rate: int
    gross_minor: int


class AdvanceTaxed(msgspec.Struct, frozen=True, array_like=True):
    """The taxed sums of an order's advance, by order id; below 0 if used or refunded."""

    order: Code
    vat: tuple[VatSum, ...]


class RegimeStarted(Event, frozen=True):
    """The store's papers are subject to a law from the business date `since`. `tax_number` and `company_number`: the
    taxpayer's; `key`: the public signing key, base64url of its 65 bytes ("": nothing is signed).
    """

    regime: Regime
    since: Day
    tax_number: Code
    company_number: Code
    software: Code
    fiscal_version: Code
    key: Code = ""


class RegimeEnded(Event, frozen=True):
    """A law ended for the store: papers until then are exported, none is signed afterwards."""

    regime: Regime
    until: Day
    why: Literal["closed", "moved", "other_system", "mistaken"]


class SigningKeyChanged(Event, frozen=True):
    """Papers are signed with a new key from here on; `was` and `key` are public keys as in `RegimeStarted`."""

    regime: Regime
    was: Code
    key: Code


class BesideLine(msgspec.Struct, frozen=True, array_like=True):
    """A line of a paper that isn't a till receipt: its label, quantity in thousandths, rate in thousandths of a
    percent, and sums with and without tax."""

    kind: Code
    label: LineLabel
    quantity_thousandths: int
    rate: int
    gross_minor: int
    net_minor: int


class BesidePaper(msgspec.Struct, frozen=True):
    """The content of a paper that isn't a till receipt. `taxes`: rate, sum without tax, tax. `means`: the intended
    tender."""

    lines: Annotated[tuple[BesideLine, ...], msgspec.Meta(max_length=200)]
    taxes: tuple[tuple[int, int, int], ...]
    means: tuple[Code, ...]
    operator: Code


class PaperSigned(Event, frozen=True):
    """A till's paper, identified by register and number, was signed in its own commit; or a zero receipt, whose
    `number` counts zero receipts.

    `vat` and `total_minor` are the signed sums, without `apart_minor` (gift cards, tips, cash rounding). `signature`:
    in France and Québec base64url of 64 bytes, chained to the previous paper; in Austria the whole receipt in JWS
    compact form. `out`: the signing key was unavailable. `of`: the reproduced paper. `beside`: the content of a paper
    that isn't a till receipt. `basket_us`: when a bill's basket was opened. `language`: the language of product names
    in France's signed lines; empty for papers from before lines were signed.
    """

    version: ClassVar[int] = 2
    regime: Regime
    number: Number
    kind: PaperKind
    day: Day
    at: LocalTime
    vat: tuple[VatSum, ...]
    total_minor: int
    apart_minor: int
    signature: Jws
    advances: tuple[AdvanceTaxed, ...] = ()
    out: bool = False
    of: Number = 0
    beside: BesidePaper | None = None
    basket_us: Number = 0
    language: Code = ""


class TransactionAnswered(Event, frozen=True):
    """Québec's service answered about transaction `place` of `of_register`. It accepted the transaction (`taken`) with
    a number and time (`service_number`, `service_at`), or refused it for good, with return `codes` and the reason."""

    of_register: Code
    place: Number
    taken: bool
    service_number: Code
    service_at: Code
    codes: Code
    why: Code


class CopySigned(Event, frozen=True):
    """A paper was reprinted or mailed again, for the `times`-th time. `copy` counts the register's copies."""

    version: ClassVar[int] = 2
    number: Number
    kind: PaperKind
    copy: Number
    times: Number
    operator: Code
    at: LocalTime
    signature: Jws


class PeriodClosed(Event, frozen=True):
    """A register's day, month or year was closed by the law's rule: papers can no longer be added to it.

    `first` and `last` are paper numbers, 0 if there were none. The perpetual totals run since the regime began: one of
    sums, one of their absolute values.
    """

    regime: Regime
    of_register: Code
    kind: Literal["day", "month", "year"]
    period: Period
    first: Number
    last: Number
    papers: Number
    copies: Number
    vat: tuple[VatSum, ...]
    total_minor: int
    perpetual_minor: int
    absolute_minor: Number
    at: LocalTime
    signature: Jws


class LogEntry(msgspec.Struct, frozen=True):
    """An entry of the legally required log: the journal row it refers to, and its signature."""

    of_seq: int
    register: Code
    place: Number
    code: Code
    note: Code
    day: Day
    at: LocalTime
    operator: Code
    signature: Jws


class LogSigned(Event, frozen=True):
    """Journal rows up to `through` were added to the signed log."""

    through: Number
    entries: tuple[LogEntry, ...]


class ApplianceStarted(Event, frozen=True):
    """The box began to sell under a law, with these versions of the software and the signed format, and a tax table
    (`taxes`, a hash). `was_software` and similar fields: the values at the previous start ("": none)."""

    software: Code
    fiscal_version: Code
    taxes: Code
    was_software: Code = ""
    was_fiscal_version: Code = ""
    was_taxes: Code = ""


class ApplianceStopped(Event, frozen=True):
    """The box was shut down properly."""


class NoteSigned(Event, frozen=True):
    """A bill was printed before payment; `note` counts the register's bills, `at` is local time."""

    note: Number
    total_minor: int
    at: LocalTime
    signature: Jws


class FileIdentity(msgspec.Struct, frozen=True, omit_defaults=True):
    """The shop and software named in a file, as both may have changed since. `language`: the language of
    product names."""

    software: Code
    language: Code
    name: LineLabel = ""
    street: LineLabel = ""
    house: LineLabel = ""
    postcode: LineLabel = ""
    city: LineLabel = ""
    tax_number: Code = ""
    company_number: Code = ""
    registration_number: Number = 0
    exempt_dealer: bool = False
    books: bool = False


class FiscalFileMade(Event, frozen=True):
    """A file for an authority was made for the days `since` to `until`. It can be reproduced byte for byte from this
    event.

    `identifier`: random, different for each file; `at`: local time; `sha256`: hexadecimal digest of its content;
    `records`: their number. `seq`: the newest journal row used. `place` and `signature`: its number and signature in
    the chain of archives. `template`: its headings ("": ours). `layout`: its format version; `identity`: the shop and
    software named in it (None: as configured now).
    """

    regime: Regime
    kind: FileKind
    of_register: Code
    since: Day
    until: Day
    identifier: Number
    at: LocalTime
    sha256: Code
    records: Number
    lost: Number
    seq: Number
    place: Number = 0
    signature: Jws = ""
    template: Template = ""
    layout: Number = 1
    identity: FileIdentity | None = None


class SecurityDeviceNamed(Event, frozen=True):
    """From this event on, this security device (TSE) signs receipts in Germany. `serial`: SHA-256 of its public key in
    hexadecimal; `public_key`: base64 of its 65 bytes; `certificate`: base64 of DER, "" if not given."""

    serial: Code
    algorithm: Code
    time_format: Code
    encoding: Code
    public_key: Code
    certificate: Certificate = ""


class DeviceSigned(Event, frozen=True):
    """The device signed journal row `of_seq`, with the device's `transaction` and `counter`, begin and end (Unix
    seconds), process data, and signature (base64 of 64 bytes). `fault`: why it failed; the other fields are then empty,
    and the row is never signed later, as the law doesn't require it."""

    of_seq: Number
    fault: Code = ""
    serial: Code = ""
    transaction: Number = 0
    counter: Number = 0
    began_s: Number = 0
    ended_s: Number = 0
    process_data: Code = ""
    signature: Code = ""


class AllocationRecorded(Event, frozen=True):
    """The authority assigned an allocation number of nine digits to an invoice."""

    invoice: Code
    allocation: AllocationNumber


class AllocationRefused(Event, frozen=True):
    """The authority refused an allocation number for an invoice; `why`: its reason."""

    invoice: Code
    why: Code


EVENTS: tuple[type[Event], ...] = (
    RegimeStarted,
    RegimeEnded,
    SigningKeyChanged,
    PaperSigned,
    CopySigned,
    PeriodClosed,
    LogSigned,
    ApplianceStarted,
    ApplianceStopped,
    NoteSigned,
    FiscalFileMade,
    AllocationRecorded,
    AllocationRefused,
    TransactionAnswered,
    SecurityDeviceNamed,
    DeviceSigned,
)
UPCASTERS: tuple[Upcaster, ...] = ()
