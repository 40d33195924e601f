"""Shows a backup before it replaces the shop's ledger: decrypted, verified, and compared with the ledger in use."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.secrets import keys
from edge.core.storage.database import Connection, open_reader
from edge.core.storage.scratch_dir import workplace
from edge.counter.till.after_sale.receipt_numbers import last_numbers
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.ledger import build_registry
from edge.operations.maintenance.backups import encrypted_file
from edge.operations.maintenance.restoring import set_aside
from edge.operations.maintenance.restoring.restore import unseal_for, verify_ledger
from edge.operations.maintenance.restoring.set_aside import Remainder
from edge.runtime.backup_state.restore_request import LastReceipt, RestorePreview
from edge.runtime.backup_state.status import BackupFault
from edge.runtime.backup_state.waiting_rows import AsideFacts
from edge.runtime.config import Config

_LAST_SALE = "SELECT register, at_us FROM journal WHERE type = 'SaleCompleted' ORDER BY seq DESC LIMIT 1"


def secret_of(config: Config, label: encrypted_file.BackupLabel, code: str) -> bytes:
    """The secret that opens a backup: this box's, or the one with the recovery code `code`. Raises `NeedsHuman` if the
    code is missing, wrong or another backup's."""
    stored = keys.read_stored_secret(config.folder)
    if stored is not None and keys.key_id(stored) == label.key:
        return stored
    if not code.strip():
        raise worded_error(NeedsHuman, "backup.needs_code", name=label.name)
    try:
        secret = keys.read(code)
    except NeedsHuman as error:
        raise worded_error(NeedsHuman, "first.restore_no_code") from error
    if keys.key_id(secret) != label.key:
        raise worded_error(NeedsHuman, "first.restore_other_code")
    return secret


def preview(config: Config, path: Path, code: str = "") -> RestorePreview:
    """Open and verify a backup next to the shop, which may be selling, and compare it with the shop's ledger.

    Returns why it can't be restored as `fault`. Nothing of it is kept.
    """
    found = RestorePreview(str(path))
    try:
        if not path.is_file():
            raise worded_error(NeedsHuman, "first.restore_no_file")
        label = encrypted_file.read_label(path)
        stored = keys.read_stored_secret(config.folder)
        needs_code = stored is None or keys.key_id(stored) != label.key
        found = RestorePreview(
            str(path), label.made_at_us, label.app, path.stat().st_size, label.seq, needs_code=needs_code
        )
        return _compare(config, path, secret_of(config, label, code), found)
    except NeedsHuman as error:
        return _with_fault(found, BackupFault(error.what, error.advice, error.key, error.values))
    except OSError as error:
        fault = worded_error(NeedsHuman, "first.restore_disk", why=error.strerror or str(error))
        return _with_fault(found, BackupFault(fault.what, fault.advice, fault.key, fault.values))


def _with_fault(found: RestorePreview, fault: BackupFault) -> RestorePreview:
    return msgspec.structs.replace(found, fault=fault)


def _compare(config: Config, path: Path, secret: bytes, found: RestorePreview) -> RestorePreview:
    with workplace(config.folder, "drill") as folder:
        unseal_for(config, path, secret, folder)
        fresh = folder / "ledger.db"
        report = verify_ledger(config, fresh, path.name)
        if report.faults:
            raise worded_error(NeedsHuman, "backup.faulty", name=path.name, why=report.faults[0])
        own = set_aside.remainder(config, build_registry(config), config.ledger, fresh)
        with closing(open_reader(fresh)) as db:
            receipt = _last_receipt(db)
    return _with_remainder(msgspec.structs.replace(found, receipt=receipt), own)


def _with_remainder(found: RestorePreview, own: Remainder) -> RestorePreview:
    left = own.left or AsideFacts()
    return msgspec.structs.replace(
        found,
        since=own.brought.rows + left.rows,
        since_sales=own.brought.sales + left.sales,
        since_minor=own.brought.sum_minor + left.sum_minor,
        currency=own.brought.currency or left.currency,
        unaddable=left.rows,
    )


def _last_receipt(db: Connection) -> LastReceipt | None:
    """The newest sale of a verified ledger."""
    row = db.execute(_LAST_SALE).fetchone()
    return LastReceipt(row[0], last_numbers(db).get(row[0], 0), row[1]) if row else None
