"""`edge check`: problems and remedies per part, in plain words."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from drivers.roles import DeviceError
from edge.app.cli.check_secrets import secret_findings
from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.backoffice.directives.service import box_key
from edge.backoffice.directives.service.sync_part import broker_of
from edge.conversation.understanding.speech_input import wake_state
from edge.core.clock import ClockValidator, SystemClock
from edge.core.journal import highwater
from edge.core.journal.integrity import WHAT_TO_DO
from edge.core.journal.rows import read_head, read_last_trusted
from edge.core.journal.verify import check_tail
from edge.core.people import wrapping_keys
from edge.core.process.parts import PartState
from edge.core.process.timekeeping import doubt_state
from edge.core.registry import CheckResult
from edge.core.secrets.store import SecretStore
from edge.core.storage.database import Connection, ProcessLock
from edge.core.storage.migrate import newest, require_known, version
from edge.core.storage.permissions import owner_of
from edge.core.tls import AUTHORITY_FILE, OWN_FILE
from edge.core.tls.authority import fingerprint
from edge.core.tls.machine import addresses, host_names
from edge.core.writer import DAMAGED
from edge.foundation.printing.printers.device_shell import look
from edge.foundation.printing.printers.escpos import faults_of
from edge.foundation.printing.printers.printer_state import PrinterState
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import count_products
from edge.lib.errors import EdgeError, NeedsHuman
from edge.operations.ledger import build_registry
from edge.runtime import config, directive_trust, inference
from edge.runtime.backup_state import restore_gap, waiting_rows
from edge.runtime.backup_state import status as state
from edge.runtime.config import Config, Device, Panel, Sync
from edge.runtime.secrets import driver_of, secrets_of
from edge.web.client import Client
from models.manifest.availability import spare_processors
from sandbox import landlock
from sync.limits import EDGE_UNACKED
from sync.mqtt import connect
from sync.session import LinkLost

FREE_BYTES = 500 * 1024 * 1024
"""Report less free space than this: a day of a busy shop writes tens of megabytes."""


_STOPPED = CheckResult(
    "appliance", True, "it isn't running, so no one can sell.", "Start it: systemctl start edge, or edge run", warn=True
)
_UNSIGNED = CheckResult("directives", True, directive_trust.NO_KEY, directive_trust.NO_KEY_ADVICE, warn=True)
_NO_DEVICES = CheckResult(
    "devices",
    True,
    "none are set in config.toml, so nothing is printed.",
    "Find devices and their configuration lines: edge devices",
    warn=True,
)


def run(args: argparse.Namespace) -> int:
    try:
        loaded = config.load(Path(args.config))
    except EdgeError as error:
        return _say([CheckResult("configuration", False, error.what, error.advice)])
    if loaded.folder.exists() and not os.access(loaded.folder, os.R_OK | os.W_OK | os.X_OK):
        owner = owner_of(loaded.folder)
        what = f"{loaded.folder} belongs to {owner} and can't be read."
        return _say([CheckResult("data", False, what, f"Run this as {owner} or as root.")])
    store = loaded.store
    findings = [CheckResult("configuration", True, f"{args.config}: {store.tenant}/{store.id}, {store.currency}.")]
    findings += _paper(loaded)
    findings += [*_disk(loaded), *_ledger(loaded), *_pages(), *_wire(loaded), *_threads(loaded), *_sandbox()]
    findings.append(_backup(loaded))
    running = _is_open(loaded)
    findings += [CheckResult("secrets", *found) for found in secret_findings(loaded, running)]
    if not running and (lacks := restore_gap.load(loaded.folder)):
        findings.append(CheckResult("head office", False, lacks.what, restore_gap.ADVICE))
    if not running:
        for waiting in waiting_rows.load(loaded.folder):
            findings.append(CheckResult("ledger", False, waiting.what(store.language), waiting.advice))
    findings += _running(loaded) if running else [_STOPPED, *asyncio.run(_devices(loaded))]
    if not loaded.devices:
        findings.append(_NO_DEVICES)
    if loaded.sync:
        findings.append(asyncio.run(_broker(loaded, loaded.sync)))
        if not directive_trust.is_pinned(loaded.folder):
            findings.append(_UNSIGNED)
        if public := box_key.fingerprint(secrets_of(loaded.folder)):
            findings.append(CheckResult("box key", True, f"head office encrypts data for this box with {public}."))
    return _say(findings)


def _say(findings: list[CheckResult]) -> int:
    """Print the findings; return exit status 1 if any is a problem."""
    wrong = sum(not finding.ok for finding in findings)
    warned = sum(finding.ok and finding.warn for finding in findings)
    for finding in findings:
        word = "WRONG" if not finding.ok else "warn " if finding.warn else "ok   "
        say(f"{word}  {finding.part}: {finding.what}")
        if finding.advice:
            say(f"         {finding.advice}")
    if wrong:
        say(f"{wrong} of {len(findings)} need attention.")
    else:
        say(f"No problems; {warned} of {len(findings)} have remarks." if warned else "All is well.")
    return 1 if wrong else 0


def _paper(loaded: Config) -> Iterator[CheckResult]:
    for device in loaded.devices:
        for fault in faults_of(device.paper, loaded.store.language) if device.role == "receipt_printer" else ():
            yield CheckResult(f"paper of {device.name}", False, fault.what, fault.advice)


def _disk(loaded: Config) -> Iterator[CheckResult]:
    folder = next(path for path in (loaded.folder, *loaded.folder.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    enough = free >= FREE_BYTES
    advice = "" if enough else "Free up space: a full disk stops sales."
    yield CheckResult("disk", enough, f"{free // 2**20} MiB free in {folder}.", advice)


def _ledger(loaded: Config) -> Iterator[CheckResult]:
    if not loaded.ledger.exists():
        yield CheckResult("ledger", True, "not created yet; the first start creates it.")
        return
    try:
        with reading(loaded) as db:
            yield from _books(db, highwater.read(loaded.folder))
            yield from _capability_checks(loaded, db)
            yield from _slips(loaded, db)
            yield from _clock(loaded, db)
            yield from _people(loaded)
    except NeedsHuman as error:
        yield CheckResult("ledger", False, error.what, error.advice)


def _books(db: Connection, mark: highwater.Mark | None) -> Iterator[CheckResult]:
    require_known(db)
    if fault := next(iter(check_tail(db)), None) or (mark and highwater.missing(db, mark)):
        yield CheckResult("ledger", False, fault, WHAT_TO_DO)
    else:
        what = f"{read_head(db).seq} entries, the latest ones verified; {count_products(db)} products."
        yield CheckResult("ledger", True, what)


def _slips(loaded: Config, db: Connection) -> Iterator[CheckResult]:
    """Check the kitchen ticket routes: an unknown category would silently route nothing."""
    if version(db) != newest():
        return  # the next start brings the tables up to date
    known = {category.id for category in read_categories(db)}
    for slip in loaded.slips:
        for category in (category for category in slip.categories if category not in known):
            what = f"category {category!r} doesn't exist, so this printer gets no tickets for it."
            yield CheckResult(f"slips of {slip.printer}", False, what, "Correct it in [[slip]], or add the category.")


def _clock(loaded: Config, db: Connection) -> Iterator[CheckResult]:
    """Check the clock. A running shop reports its own clock, because head office may have sent it the time."""
    judge = ClockValidator(loaded.store.zone, loaded.day_turns_at_min, *read_last_trusted(db))
    judge.moment(SystemClock().read())
    if judge.doubt and not _is_open(loaded):
        state = doubt_state(judge.doubt, loaded.store.zone)
        yield CheckResult("clock", False, state.what, state.advice)


def _capability_checks(loaded: Config, db: Connection) -> Iterator[CheckResult]:
    """Run the capabilities' checks if the tables are current. Otherwise the next start upgrades the tables."""
    if version(db) == newest():
        for capability in build_registry(loaded).capabilities:
            for check in capability.checks:
                yield from check(db)


def _people(loaded: Config) -> Iterator[CheckResult]:
    """Report that personal data is hidden because the ledger was set back."""
    if wrapping_keys.read(loaded.folder).held:
        what = "hidden because the ledger was restored, and someone's data may have been erased since that backup."
        yield CheckResult("people", False, what, "Repeat any erasures, then run: edge person show")


def _backup(loaded: Config) -> CheckResult:
    """Report the last backup and the last restore test."""
    if not loaded.backup.is_wanted:
        what = "none are made. If this box or its disk is lost, only head office's copy remains."
        return CheckResult("backups", True, what, "Set a folder on another disk: [backup] in config.toml.", warn=True)
    kept = state.load(loaded.folder)
    if kept.fault:
        return CheckResult("backups", False, kept.fault.what, kept.fault.advice)
    if not kept.backup_us:
        return CheckResult("backups", True, "none yet; the first is made when the shop runs, or by `edge backup now`.")
    if kept.drill_fault:
        what = f"{kept.drill_name} couldn't be restored: {kept.drill_fault}."
        return CheckResult("backups", False, what, "Make a new one: edge backup now")
    if not kept.code_kept_us:
        what = f"the latest is from {_day(kept.backup_us)}; the printed recovery code isn't confirmed,"
        advice = "Print it and store it off site: edge backup code, or the Settings page"
        return CheckResult("backups", False, f"{what}; without it, no other box can open the backup.", advice)
    drill = f"last test restore on {_day(kept.drill_us)}" if kept.drill_us else "never test-restored"
    return CheckResult("backups", True, f"the latest is from {_day(kept.backup_us)}, to #{kept.backup_seq}; {drill}.")


def _day(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).date().isoformat()


def _pages() -> Iterator[CheckResult]:
    vendor = files("edge.web").joinpath("static", "vendor")
    there = vendor.is_dir() and any(entry.name.startswith("htmx") for entry in vendor.iterdir())
    advice = "" if there else "Run the set-up again: ./run setup"
    yield CheckResult("pages", there, "their scripts are there." if there else "their scripts are missing.", advice)


def _sandbox() -> Iterator[CheckResult]:
    """Check the sandbox. Without it, a process that opens untrusted files could silently read the shop's files."""
    if not landlock.version():
        what = "this kernel can't sandbox processes: a compromised file reader could access the shop's files."
        advice = "Use a kernel with Landlock (5.13 or newer); if lsm= is set, include it there."
        yield CheckResult("sandbox", True, what, advice, warn=True)


def _wire(loaded: Config) -> Iterator[CheckResult]:
    """Check whether other machines can reach the pages, and whether traffic is encrypted."""
    panel = loaded.panel
    if panel.trusted_proxy:
        what = f"{panel.trusted_proxy} is trusted to report client addresses for {panel.public_origin}."
        yield CheckResult("proxy", True, what)
    if not panel.tls:
        yield CheckResult("encryption", True, "none: only this machine can open the pages.")
    elif panel.tls_cert:
        yield CheckResult("encryption", True, f"TLS with the certificate {panel.tls_cert}.")
    elif (loaded.folder / OWN_FILE).is_file():
        yield CheckResult("encryption", True, "TLS with the certificate from the manager's page Certificate.")
    else:
        yield _authority(loaded.folder / AUTHORITY_FILE)
    if (panel.beyond or panel.public_origin) and (name := _shares_name(panel)):
        what = f"{panel.aside} is another program's page under the appliance's own name, {name}."
        yield CheckResult(
            "aside", False, what, "Give it its own host name: browsers let pages of the same name share too much."
        )


def _authority(file: Path) -> CheckResult:
    """Show the fingerprint that people compare on the page /trust."""
    try:
        said = fingerprint(x509.load_pem_x509_certificate(file.read_bytes()))
    except FileNotFoundError:
        return CheckResult("encryption", True, "TLS; the first start creates the box's own certificate.")
    except (OSError, ValueError) as error:
        what = f"{file} can't be used: {error}."
        return CheckResult("encryption", False, what, "Restore it from a backup, or remove it and restart.")
    return CheckResult("encryption", True, f"TLS with the box's own certificate (page /trust), fingerprint {said}.")


def _shares_name(panel: Panel) -> str:
    """Return the appliance's name if the page next to the cashier's is served under it, otherwise ""."""
    aside = urlsplit(panel.aside).hostname or ""
    own = {*host_names(), *addresses(), panel.host, urlsplit(panel.public_origin).hostname}
    return aside if aside in own else ""


def _threads(loaded: Config) -> Iterator[CheckResult]:
    """Check the number of model threads: more threads than processors slow down the till."""
    models, spare = loaded.models, spare_processors()
    here, _ = inference.look(
        models.entries().values(), loaded.folder / "models", models.threads, secrets_of(loaded.folder)
    )
    if crowded := [plan.name for plan in here if plan.threads > spare]:
        what = f"{', '.join(crowded)}: more than the {spare} available to models while the till is in use."
        advice = f"Set threads to at most {spare}, or remove it: [models] and [[models.model]] in config.toml."
        yield CheckResult("threads of models", False, what, advice)


def _is_open(loaded: Config) -> bool:
    """Whether a process has the ledger open. Creates no files."""
    return ProcessLock(loaded.folder).is_held()


def _running(loaded: Config) -> list[CheckResult]:
    """Status of the running appliance's parts."""
    findings = [CheckResult("appliance", True, "running.")]
    client = Client(loaded)
    if why := client.why_read_only():
        what = f"it can't be written: {why}."
        advice = WHAT_TO_DO if why == DAMAGED else "Sales are stopped until then. Nothing is lost."
        findings.append(CheckResult("ledger", False, what, advice))
    for part in client.parts():
        well = part.state in ("ok", "starting")
        what, wants = part.what or f"{part.state}.", bool(part.advice)
        findings.append(CheckResult(part.name, well, what, part.advice, warn=well and wants))
    return findings


async def _devices(loaded: Config) -> list[CheckResult]:
    return [await _device(device, secrets_of(loaded.folder)) for device in loaded.devices]


async def _device(device: Device, secrets: SecretStore) -> CheckResult:
    state = PartState("", "ok")
    try:
        made: Any = driver_of(device, secrets)
        await made.open()
        try:
            if device.role == "receipt_printer":
                state = await look(made, PrinterState(device.name, device.paper, device.printing))
            if device.role == "microphone":
                state = wake_state(device.microphone.wake)
            if device.role == "scale":
                await made.weigh()
        finally:
            await made.close()
    except (DeviceError, EdgeError) as error:
        return CheckResult(device.name, False, error.what, error.advice)
    if state.key:
        well = state.state != "lost"
        return CheckResult(device.name, well, state.what, state.advice, warn=well)
    what = f"{device.role} ({device.driver}) answers."
    return CheckResult(device.name, True, f"{what} It is a {state.what}." if state.what else what)


async def _broker(loaded: Config, sync: Sync) -> CheckResult:
    """Connect to the broker like the appliance: with TLS, our credentials and our own topic."""
    header = loaded.header
    key = f"{header.tenant}/{header.store}/{header.device}"
    well, wrong = [], []
    for one in broker_of(sync, secrets_of(loaded.folder)).each:
        try:
            async with connect(one, f"{key.replace('/', '-')}-check", f"edge/{key}/down", EDGE_UNACKED):
                well.append(one.place)
        except LinkLost as lost:
            wrong.append(lost.trouble)
    said = [f"{place} accepts this box." for place in well] + [trouble.why for trouble in wrong]
    advice = wrong[0].advice if wrong else ""
    return CheckResult("broker", bool(well), " ".join(said), advice, warn=bool(well and wrong))
