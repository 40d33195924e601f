"""Folders with rows of a replaced ledger that the shop's ledger doesn't have, listed in the data folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.process.parts import PartState
from edge.core.storage.atomic_write import write_whole
from edge.lib.errors import NeedsHuman
from edge.lib.units.written_money import written_money

FILE = "aside.json"
ADVICE = (
    "Stop the shop and run: edge aside bring {folder}. If they were entered again by hand: edge aside settle {folder}"
)


class AsideFacts(msgspec.Struct, frozen=True):
    """Rows only in a replaced ledger: its folder's name (empty while the ledger is in place), the number of rows and of
    sales, their sum and currency. `rows` 0: the ledger is unreadable. `written_off`: someone has settled them."""

    folder: str = ""
    rows: int = 0
    sales: int = 0
    sum_minor: int = 0
    currency: str = ""
    written_off: bool = False

    def what(self, language: str) -> str:
        if not self.rows:
            return f"The ledger in {self.folder} can't be read. Its last sales may be only there."
        return (
            f"{self.sales} sales of {self._money(language)} in total ({self.rows} entries) are only in {self.folder}."
        )

    @property
    def advice(self) -> str:
        return ADVICE.format(folder=self.folder)

    def state(self, language: str) -> PartState:
        money = self._money(language)
        values: dict[str, str | int] = {"folder": self.folder, "rows": self.rows, "sales": self.sales, "sum": money}
        key = "backup.aside" if self.rows else "backup.aside_unread"
        return PartState("", "lost", self.what(language), self.advice, key, values)

    def _money(self, language: str) -> str:
        return written_money(self.sum_minor, self.currency, language) if self.currency else "0"


def load(folder: Path) -> list[AsideFacts]:
    """The waiting rows of existing folders, oldest first."""
    return [one for one in _read(folder) if not one.written_off]


def load_written_off(folder: Path) -> list[AsideFacts]:
    """The rows of existing folders that were written off, oldest first."""
    return [one for one in _read(folder) if one.written_off]


def _read(folder: Path) -> list[AsideFacts]:
    try:
        waiting = msgspec.json.decode((folder / FILE).read_bytes(), type=list[AsideFacts])
    except (OSError, msgspec.MsgspecError):
        return []
    return [one for one in waiting if (folder / one.folder).is_dir()]


def note(folder: Path, left: AsideFacts | None, aside: Path | None) -> None:
    """Record the waiting rows of the folder `aside`."""
    if left is not None and aside is not None:
        waiting = [one for one in _read(folder) if one.folder != aside.name]
        _write(folder, [*waiting, msgspec.structs.replace(left, folder=aside.name)])


def require(folder: Path, name: str) -> AsideFacts:
    """Return the waiting rows of the folder `name`. Raises `NeedsHuman` if there are none."""
    found = next((one for one in load(folder) if one.folder == Path(name).name), None)
    if found is None:
        raise NeedsHuman(f"Nothing is waiting in {name}.", "See all with: edge aside list")
    return found


def forget(folder: Path, name: str) -> None:
    """Remove the record of a folder's rows, if there is one."""
    _write(folder, [one for one in _read(folder) if one.folder != name])


def settle(folder: Path, name: str) -> AsideFacts:
    """Write off a folder's waiting rows, leaving its files. Raises `NeedsHuman` if there are none."""
    found = require(folder, name)
    settled = msgspec.structs.replace(found, written_off=True)
    _write(folder, [settled if one == found else one for one in _read(folder)])
    return found


def _write(folder: Path, waiting: list[AsideFacts]) -> None:
    if waiting:
        write_whole(folder / FILE, msgspec.json.encode(waiting))
    else:
        (folder / FILE).unlink(missing_ok=True)
