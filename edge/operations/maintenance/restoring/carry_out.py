"""Carries out a restore that a page requested, before the shop opens."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import structlog

from edge.backoffice.directives.service.sync_part import broker_of
from edge.core.clock import Clock
from edge.core.storage.database import DatabaseError
from edge.core.storage.permissions import chown_to_owner
from edge.lib.errors import EdgeError, NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.maintenance.backups import encrypted_file, pictures
from edge.operations.maintenance.restoring.hub_remainder import Show
from edge.operations.maintenance.restoring.preview import secret_of
from edge.operations.maintenance.restoring.recover import recover
from edge.operations.maintenance.restoring.restore import bring_aside, lock_data_folder, restore
from edge.runtime.backup_state import restore_request
from edge.runtime.backup_state.restore_request import TRIES, RestoreOutcome, RestoreRequest
from edge.runtime.backup_state.status import BackupFault
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)


def carry_out(config: Config, clock: Clock, show: Show = lambda *_: None) -> RestoreOutcome | None:
    """Carry out the waiting request, and return its result, also for the page; None if there is no request.

    After a fault, the shop's ledger is as before. Interrupted by a power cut, it is repeated or completed at the next
    start; after `TRIES` starts it's given up.
    """
    with lock_data_folder(config):  # completes an interrupted swap, which also ends its request
        request = restore_request.load(config.folder)
        if request is None:
            return restore_request.last_outcome(config.folder)
        restore_request.put(config.folder, msgspec.structs.replace(request, tries=request.tries + 1))
    try:
        if request.tries >= TRIES:
            raise worded_error(NeedsHuman, "backup.restore_interrupted")
        _carry_out(config, request, clock, show)
        fault: EdgeError | None = None
    except EdgeError as error:
        fault = error
    except (DatabaseError, OSError) as error:
        why = getattr(error, "strerror", "") or str(error)
        fault = worded_error(NeedsHuman, "first.restore_disk", why=why)
    with lock_data_folder(config):
        if restore_request.load(config.folder) is not None:  # otherwise it ended with the swap
            at_us, name = clock.read().at_us, Path(request.source).name
            ended = RestoreOutcome(request.kind, name, at_us, request.by, fault=_fault_of(fault))
            restore_request.end(config.folder, ended)
    chown_to_owner(config.folder)
    return restore_request.last_outcome(config.folder)


def _fault_of(fault: EdgeError | None) -> BackupFault | None:
    if fault is None:
        return None
    _log.warning("the restore failed; the shop continues with its ledger", why=fault.what)
    if not fault.key:
        fault = worded_error(NeedsHuman, "first.restore_fault", why=fault.what)
    return BackupFault(fault.what, fault.advice, fault.key, fault.values)


def _carry_out(config: Config, request: RestoreRequest, clock: Clock, show: Show) -> None:
    if request.kind == "aside":
        bring_aside(config, clock, request.source, request)
        return
    if request.kind == "office":
        if config.sync is None:
            raise worded_error(NeedsHuman, "backup.no_office")
        asyncio.run(recover(config, broker_of(config.sync, secrets_of(config.folder)), clock, True, show, request))
        return
    path = Path(request.source)
    if not path.is_file():
        raise worded_error(NeedsHuman, "first.restore_no_file")
    secret = secret_of(config, encrypted_file.read_label(path), request.code)
    broker = broker_of(config.sync, secrets_of(config.folder)) if config.sync else None
    restore(config, path, secret, clock, True, broker, with_the_rest=request.keep_since, show=show, request=request)
    try:  # the ledger is restored, and the shop can sell without pictures
        pictures.put_back(config, path, secret)
    except (EdgeError, OSError) as error:
        _log.warning("the backup's pictures couldn't be restored", why=str(error))
