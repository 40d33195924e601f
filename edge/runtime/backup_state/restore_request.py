"""A restore that a page requested: carried out at the next start, before the shop opens. Also has its preview and its
result."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.runtime.backup_state.status import BackupFault

REQUEST, OUTCOME = "restore-request.json", "restore-result.json"
"""Files in the data folder."""
TRIES = 3
"""Number of starts that may begin a restore, because a power cut may interrupt it. After these, the shop opens
unchanged."""

Kind = Literal["backup", "office", "aside"]
T = TypeVar("T")


class RestoreRequest(msgspec.Struct, frozen=True):
    """A restore of a backup (`source`: its path), of head office's copy, or of the entries of a replaced ledger
    (`source`: its folder).

    `keep_since`: whether entries made since the backup are added again. `code`: the backup's recovery code, if it isn't
    this box's. `by`: the requester's name. `tries`: starts so far.
    """

    kind: Kind
    source: str = ""
    keep_since: bool = True
    code: str = ""
    by: str = ""
    tries: int = 0


class RestoreOutcome(msgspec.Struct, frozen=True):
    """The result of a requested restore: the backup's or folder's name, the time (UTC microseconds), and the folder of
    the ledger before ("": none). `entries`: in the backup; `added`: since then, added again. With a `fault`, nothing
    was changed."""

    kind: Kind
    name: str
    at_us: int
    by: str = ""
    aside: str = ""
    entries: int = 0
    added: int = 0
    fault: BackupFault | None = None


class LastReceipt(msgspec.Struct, frozen=True):
    """The newest sale in a backup."""

    register: str
    number: int
    at_us: int


class RestorePreview(msgspec.Struct, frozen=True):
    """A backup after it was decrypted and verified, or why it can't be restored (`fault`).

    `since`, `since_sales`, `since_minor`: entries and sales that this box has in addition, and the sales' sum;
    `unaddable` of these entries can't be added again. `needs_code`: it belongs to another recovery code, which must be
    typed.
    """

    path: str
    made_at_us: int = 0
    app: str = ""
    bytes: int = 0
    entries: int = 0
    receipt: LastReceipt | None = None
    since: int = 0
    since_sales: int = 0
    since_minor: int = 0
    currency: str = ""
    unaddable: int = 0
    needs_code: bool = False
    fault: BackupFault | None = None

    @property
    def name(self) -> str:
        return Path(self.path).name


def outcome_of(
    request: RestoreRequest | None, name: str, at_us: int, entries: int = 0, added: int = 0
) -> RestoreOutcome | None:
    """Return the result of a successful restore; None if no page requested it."""
    if request is None:
        return None
    return RestoreOutcome(request.kind, name, at_us, request.by, entries=entries, added=added)


def load(folder: Path) -> RestoreRequest | None:
    """Return the waiting request, or None."""
    return _read(folder / REQUEST, RestoreRequest)


def last_outcome(folder: Path) -> RestoreOutcome | None:
    """Return the result of the last requested restore; None if there is none or someone has seen it."""
    return _read(folder / OUTCOME, RestoreOutcome)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def put(folder: Path, request: RestoreRequest) -> None:
    """Store a request, durably. Raises `OSError`."""
    write_whole(folder / REQUEST, msgspec.json.encode(request))
    sync_folder(folder)


def end(folder: Path, outcome: RestoreOutcome) -> None:
    """Store the result, and remove the request. May be repeated."""
    write_whole(folder / OUTCOME, msgspec.json.encode(outcome))
    (folder / REQUEST).unlink(missing_ok=True)
    sync_folder(folder)


def forget_outcome(folder: Path) -> None:
    """Remove the last result, because someone has seen it."""
    (folder / OUTCOME).unlink(missing_ok=True)
