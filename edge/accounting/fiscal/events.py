"""What can have happened before the law."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.accounting.fiscal.regimes import Regime
from edge.core.messages import Event, Number
from edge.core.registry import Upcaster

Code = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{0,600}$(?!\n)")]
"""An id, a number or a signature: letters of ASCII, written by the software."""
Certificate = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/=]{0,4000}$(?!\n)")]
LineLabel = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""What goods are called, as on the paper."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Period = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$(?!\n)")]
LocalTime = Annotated[
    str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$(?!\n)", examples=["2026-01-31T12:00:00"])
]
"""To the second, of the store's zone."""
Template = Annotated[str, msgspec.Meta(max_length=16_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$(?!\n)")]
"""What a file's headings are, as TOML: the authority's, by the shop's configuration."""
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
"""What a signed paper is: four of the till's, papers of zero that Austria wants, and one that Québec gives again; one
that was practised, a bill before it is paid, and that nobody paid it."""
FileKind = Literal["archive", "uniform", "dep", "dsfinvk", "month"]
AllocationNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{9}$(?!\n)", examples=["123456789"])]


class VatSum(msgspec.Struct, frozen=True, array_like=True):
    """A sum with tax, in minor units, at a rate in hundredths of a percent."""

    rate: int
    gross_minor: int


class AdvanceTaxed(msgspec.Struct, frozen=True, array_like=True):
    """What of an order, by its id, was taxed when it was paid ahead; below 0 where that is used or given back."""

    order: Code
    vat: tuple[VatSum, ...]


class RegimeStarted(Event, frozen=True):
    """From the business date `since` on the store's papers are under a law. `tax_number` and `company_number`: of the
    taxpayer; `key`: the public half of the key that signs, base64url of its 65 bytes ("": nothing is signed)."""

    regime: Regime
    since: Day
    tax_number: Code
    company_number: Code
    software: Code
    fiscal_version: Code
    key: Code = ""


class RegimeEnded(Event, frozen=True):
    """The store is no longer under a law: its papers until then are exported, none is signed afterwards."""

    regime: Regime
    until: Day
    why: Literal["closed", "moved", "other_system", "mistaken"]


class SigningKeyChanged(Event, frozen=True):
    """Papers are signed with another key from here on; `was` and `key` are public halves as in `RegimeStarted`."""

    regime: Regime
    was: Code
    key: Code


class BesideLine(msgspec.Struct, frozen=True, array_like=True):
    """A line of a paper beside the till's: what it is, thousandths of it, a rate in thousandths of a percent, and sums
    with and without tax."""

    kind: Code
    label: LineLabel
    quantity_thousandths: int
    rate: int
    gross_minor: int
    net_minor: int


class BesidePaper(msgspec.Struct, frozen=True):
    """What a paper beside the till's says. `taxes`: rate, sum without tax, tax. `means`: how it would be paid."""

    lines: Annotated[tuple[BesideLine, ...], msgspec.Meta(max_length=200)]
    taxes: tuple[tuple[int, int, int], ...]
    means: tuple[Code, ...]
    operator: Code


class PaperSigned(Event, frozen=True):
    """A paper of the till, by its register and number, was signed in its own commit; or one of zero, whose `number`
    counts them.

    `vat` and `total_minor` are what is signed, without `apart_minor` (gift cards, tips, cash rounding). `signature`: in
    France and Québec base64url of 64 bytes, chained to the paper before; in Austria the whole receipt in JWS compact
    form. `out`: the signing key could not be used. `of`: the paper that is given again.
    `beside`: what a paper says that is none of the till's; `basket_us`: when the basket of a bill was opened.
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


class TransactionAnswered(Event, frozen=True):
    """Québec's service answered for the transaction `place` of a `of_register`: it was `taken` under its own number and
    moment (`service_number`, `service_at`), or it refuses it for good, by return `codes` and its `why`."""

    of_register: Code
    place: Number
    taken: bool
    service_number: Code
    service_at: Code
    codes: Code
    why: Code


class CopySigned(Event, frozen=True):
    """A paper was printed or mailed again, for the `times`-th time; `copy` counts those of the register."""

    version: ClassVar[int] = 2
    number: Number
    kind: PaperKind
    copy: Number
    times: Number
    operator: Code
    at: LocalTime
    signature: Jws


class PeriodClosed(Event, frozen=True):
    """A day, month or year of a `register` is closed by the law's rule: no paper can get into it any more.

    `first` and `last` are numbers of papers, 0 where there was none; the perpetual totals are of all since the regime
    began: of sums, and of their absolute values.
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
    """Something of the log that the law asks for: the row of the journal that it tells of, and its signature."""

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
    """What the journal told up to its row `through` was put into the signed log."""

    through: Number
    entries: tuple[LogEntry, ...]


class ApplianceStarted(Event, frozen=True):
    """The appliance began to sell under a law, with this version of the software and of what it signs, and with a table
    of `taxes` (a hash); `was_software` and the like: with which it began before ("": never)."""

    software: Code
    fiscal_version: Code
    taxes: Code
    was_software: Code = ""
    was_fiscal_version: Code = ""
    was_taxes: Code = ""


class ApplianceStopped(Event, frozen=True):
    """The appliance was ended in order."""


class NoteSigned(Event, frozen=True):
    """A bill was printed before it was paid; `note` counts those of the register, `at` local time."""

    note: Number
    total_minor: int
    at: LocalTime
    signature: Jws


class FileIdentity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose a file is and what made it, as it says so itself: by then the shop may be called otherwise, and the
    software be another version. `language`: of the names of goods."""

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
    """A file for an authority was made of the days `since` to `until`: from this event it is made again, to the byte.

    `identifier`: random, another for each file; `at` local time; `sha256` of its bytes in hexadecimal; `records` in it.
    `seq`: the newest row of the journal that it was made from. `place` counts the archives, of which `signature` is in
    a chain of its own. `template`: the headings that it has ("": ours). `layout`: the version of its
    form; `identity`: whose it is (None: as the configuration says now).
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
    """From here on receipts are signed by this device (TSE) in Germany. `serial`: SHA-256 of its public key in
    hexadecimal; `public_key`: base64 of its 65 bytes; `certificate`: base64 of DER, "" where it told none."""

    serial: Code
    algorithm: Code
    time_format: Code
    encoding: Code
    public_key: Code
    certificate: Certificate = ""


class DeviceSigned(Event, frozen=True):
    """The device signed what the row `of_seq` of the journal tells: its own `transaction` and `counter`, when it began
    and ended (Unix seconds), what it was told, and base64 of 64 bytes. `fault`: it could not, and why; then there is
    nothing else, and nothing is signed later: the law does not want that."""

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
    """The authority gave an invoice its number: nine digits."""

    invoice: Code
    allocation: AllocationNumber


class AllocationRefused(Event, frozen=True):
    """The authority gave an invoice no number; `why` by its own word."""

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
