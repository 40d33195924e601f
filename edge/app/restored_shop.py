"""Restores a shop from a backup on a new machine, from the set-up page. It opens the backup with the recovery code from
paper, and starts with the backup's own configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import structlog

from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.lib.errors import EdgeError, NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.maintenance.backups import encrypted_file, pictures
from edge.operations.maintenance.backups.extract import configuration
from edge.operations.maintenance.restoring import people
from edge.operations.maintenance.restoring.restore import Restored, restore
from edge.runtime.backup_state import status
from edge.runtime.config import Config
from edge.runtime.configuration import with_values, write_config
from edge.runtime.secrets import secrets_by

_log = structlog.get_logger(__name__)
RestoreState = Literal["", "working", "done", "failed"]


class RestoreShop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST first/restore`: the path of a backup on this machine, and its recovery code as typed. `none_forgotten`: no
    personal data was erased since the backup, so people can be shown although the backup can't prove it."""

    backup: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    none_forgotten: bool = False


class ShopRestored(msgspec.Struct, frozen=True):
    """A finished restore. It has the `address` of its pages on this machine, and the number of facts in the backup. It
    also has the facts that head office had in addition (`brought`) or still has (`lacking`), the missing files named in
    the configuration, and the number of people hidden until a user confirms who was forgotten."""

    address: str
    facts: int
    brought: int
    lacking: int
    files: tuple[str, ...]
    people: int


class ShopRestoring:
    """Restores once, one attempt at a time, in a thread, because a large ledger takes minutes. `file`: the
    configuration to write; `data`: this machine's ledger folder in it; `done`: called in that thread when the shop is
    restored."""

    def __init__(self, file: Path, data: str, done: Callable[[], object]) -> None:
        self._file, self._data, self._done = file, data, done
        self.state: RestoreState = ""
        self.here, self.through = 0, 0
        self.wrong: EdgeError | None = None
        self.restored: ShopRestored | None = None

    def begin(self, wanted: RestoreShop) -> None:
        """Restore a backup, unless a restore is in progress or done."""
        if self.state in ("working", "done"):
            return
        self.state, self.wrong, self.here, self.through = "working", None, 0, 0
        threading.Thread(target=self._restore, args=(wanted,), name="restore", daemon=True).start()

    def _restore(self, wanted: RestoreShop) -> None:
        before = self._files()
        try:
            self.restored = self._from_backup(Path(wanted.backup), wanted)
            self.state = "done"
        except EdgeError as wrong:
            self._fail(wrong if wrong.key else _wrong("restore_fault", why=wrong.what), before)
        except OSError as error:
            self._fail(_wrong("restore_disk", why=str(error)), before)
        finally:
            if self.state == "working":  # an unexpected error, which the thread's log names
                self._fail(_wrong("restore_fault", why="?"), before)
        if self.state == "done":
            self._done()

    def _files(self) -> set[Path]:
        """Return the files next to the configuration and the ledger."""
        folders = {self._file.parent, self._file.parent / self._data}
        return {path for folder in folders for path in folder.rglob("*") if path.is_file()}

    def _fail(self, wrong: EdgeError, before: set[Path]) -> None:
        """Remove all files of the backup's shop, because its keys and passwords must not stay on another shop's
        machine."""
        for path in self._files() - before:
            path.unlink(missing_ok=True)
        self.wrong, self.state = wrong, "failed"

    def _from_backup(self, path: Path, wanted: RestoreShop) -> ShopRestored:
        if not path.is_file():
            raise _wrong("restore_no_file")
        label = encrypted_file.read_label(path)
        try:
            secret = keys.read(wanted.code)
        except NeedsHuman as error:
            raise _wrong("restore_no_code") from error
        if label.key != keys.key_id(secret):
            raise _wrong("restore_other_code")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        text = configuration(path, secret, self._file.parent).decode()
        config = write_config(self._file, with_values(text, {"data": self._data}))
        config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        broker = broker_of(config.sync, secrets_by(config.folder, secret)) if config.sync else None
        done = restore(config, path, secret, SystemClock(), False, broker, show=self._show)
        try:  # the ledger is restored: later failures are no reason to ask again
            keys.store(config.folder, secret)
            status.note(config.folder, code_kept_us=SystemClock().read().at_us)
            if done.people and wanted.none_forgotten:
                people.show(config, path.parent, secret, True)
                done = msgspec.structs.replace(done, people=0)
            pictures.put_back(config, path, secret)
        except Exception:  # noqa: BLE001 - of any kind
            _log.exception("something besides the ledger couldn't be restored", backup=path.name)
        return _summary(done, config)

    def _show(self, here: int, through: int) -> None:
        self.here, self.through = here, through


def _wrong(code: str, **values: str) -> NeedsHuman:
    return worded_error(NeedsHuman, f"first.{code}", **values)


def _summary(done: Restored, config: Config) -> ShopRestored:
    panel = config.panel
    address = f"{'https' if panel.tls else 'http'}://localhost:{panel.port}/"
    rest = done.rest
    beyond = rest.last - rest.first + 1 if rest else 0
    brought = beyond if rest and rest.brought else 0
    return ShopRestored(address, done.label.seq, brought, beyond - brought, tuple(map(str, done.lacking)), done.people)
