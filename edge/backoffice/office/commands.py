"""Commands about the configuration, and about sales of another box.

They record a change of config.toml in the journal, which pages make directly, and decisions about a ledger that a
restore replaced. They also report, import or discard another box's facts.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import REMARK, Command, Number

ChangedKey = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[a-z_]+(\.[A-Za-z0-9 _-]+)*$(?!\n)")]
ROWS_OF_A_COMMAND = 1_000
"""Maximum rows of a command. All commands have fewer events."""
ROW_BYTES = 2 * 1024 * 1024
"""Maximum size of a row as JSON, which exceeds the maximum size of an event."""
PutAsideRow = Annotated[bytes, msgspec.Meta(max_length=ROW_BYTES)]
CommandName = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
PaperKind = Literal["sale", "void", "refund", ""]
AsideFolder = Annotated[str, msgspec.Meta(pattern=r"^aside-[0-9]{1,12}$(?!\n)")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?$(?!\n)")]
Amount = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
TYPES_OF_A_COMMAND = 100
EventName = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]


class NoteConfiguration(Command, frozen=True):
    """Record in the journal that a page wrote config.toml. `keys`: the changed keys, such as "backup.folder"."""

    keys: Annotated[tuple[ChangedKey, ...], msgspec.Meta(min_length=1, max_length=100)]


class ReportAside(Command, frozen=True):
    """Report facts from a command at another box that aren't in the ledger; see `QuarantinedFacts`."""

    command: CommandName
    facts: Annotated[int, msgspec.Meta(ge=1, le=ROWS_OF_A_COMMAND)]
    kind: PaperKind
    register: Annotated[str, msgspec.Meta(max_length=63)]
    number: Number
    total_minor: Amount
    currency: Currency
    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$(?!\n)")]
    done_us: Number
    types: Annotated[tuple[EventName, ...], msgspec.Meta(min_length=1, max_length=TYPES_OF_A_COMMAND)]


class BringInAside(Command, frozen=True):
    """Import the facts from a command at another box that aren't in the ledger: each row as JSON, in order."""

    rows: Annotated[tuple[PutAsideRow, ...], msgspec.Meta(min_length=1, max_length=ROWS_OF_A_COMMAND)]


class LeaveAside(Command, frozen=True):
    """Discard the facts from a command (by its id), with a reason."""

    command: CommandName
    facts: Annotated[int, msgspec.Meta(ge=1, le=ROWS_OF_A_COMMAND)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]


class WriteOffLeftOut(Command, frozen=True):
    """Write off entries that a restore left out, with a reason; see `LeftOutWrittenOff`."""

    folder: AsideFolder
    entries: Number
    sales: Number
    sum_minor: Amount
    currency: Currency
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra=REMARK)]


class DeleteAsideLedger(Command, frozen=True):
    """Record the deletion of a ledger that a restore replaced; see `AsideLedgerDeleted`."""

    folder: AsideFolder
    replaced_us: Number
    entries: Number
    last_us: Number
    size_bytes: Number
    written_off: bool
