"""`edge fiscal`: the shop's tax laws, files for authorities, and their verification."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import date, timedelta
from pathlib import Path

from edge.accounting.books import fec_name
from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.authority_files import Authorities, MadeFile
from edge.accounting.fiscal.commands import CloseFiscalPeriods, EndRegime, ReplaceSigningKey, SignLog, StartRegime
from edge.accounting.fiscal.france.attestation import attestation
from edge.accounting.fiscal.france.french_books import fec_lines, siren_of, tax_year
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.quebec.quebec_papers import device_of
from edge.accounting.fiscal.quebec.quebec_report import UserReports
from edge.accounting.fiscal.queries import count_unsigned, read_regimes, read_registers
from edge.accounting.fiscal.regimes import SIGNING, Regime
from edge.accounting.fiscal.service import quebec_enrolment
from edge.accounting.fiscal.service.quebec_report import send_report
from edge.accounting.fiscal.shortfall import shortfall
from edge.app.cli.ledger_reader import reading
from edge.app.cli.output import say
from edge.app.cli.shop_access import reach
from edge.core.messages import Command, Refusal
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.counter.till.from_config import till_settings
from edge.lib.errors import NeedsHuman
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.france.verification import verify_archive
from edge.lib.fiscal.quebec.user_report import report_sheet
from edge.lib.i18n import ENGLISH, translate
from edge.operations.ledger import build_registry
from edge.runtime import config
from edge.runtime.config import Config

MOST = 100_000
"""Maximum number of repeated commands for closing periods and sending documents."""


def status(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    settings = settings_of(loaded)
    with reading(loaded) as db:
        laws = read_regimes(db)
        for law in laws:
            until = f" to {law.until}" if law.until else ""
            say(f"{law.regime}: since {law.since}{until}. {shortfall(settings, law.regime, ENGLISH)}")
            left = count_unsigned(db, law) if law.regime in SIGNING else {}
            for one in read_registers(db, law.regime) if law.regime in SIGNING else ():
                waits = f", {left[one.register]} unsigned" if one.register in left else ""
                say(f"  till {one.register}: receipt {one.number}, perpetual total {one.perpetual_minor}{waits}")
    if not laws:
        say(translate(ENGLISH, "fiscal.none"))
    return 0


def verify(args: argparse.Namespace) -> int:
    """Verify one archive, or everything that the ledger would export."""
    if args.file:
        file = Path(args.file)
        try:
            manifest = verify_archive(file.read_bytes(), file.with_name(f"{file.name}.jws").read_text().strip())
        except FiscalFault as fault:
            say(f"FAULT  {fault}")
            return 1
        except OSError as error:
            raise NeedsHuman(
                f"{file} or its signature (.jws) can't be read: {error}.", "Put both files in the same folder."
            ) from error
        say(f"{file} is valid: {manifest.since} to {manifest.until}, {sum(manifest.rows.values())} rows.")
        return 0
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        found = list(check_laws(db, _authorities(loaded), _today(loaded)))
    for one in found:
        say(
            f"{one.regime} {one.since} to {one.until}: "
            + (f"FAULT  {one.fault}" if one.fault else f"valid, {one.records} records")
        )
    return int(any(one.fault for one in found))


def close(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        registers = [one.register for law in read_regimes(db) for one in read_registers(db, law.regime)]
    closed = sum(
        asyncio.run(_repeat_command(loaded, CloseFiscalPeriods(), register)) for register in dict.fromkeys(registers)
    )
    say(f"{closed} periods closed.")
    return 0


def export(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    asyncio.run(_repeat_command(loaded, SignLog()))
    files = _authorities(loaded)
    with reading(loaded) as db:
        where: tuple[Regime, str, str, str] = (args.regime, args.since, args.until, args.register)
        try:
            made = files.make_file(db, files.plan_file(db, *where, time.time_ns() // 1000, _today(loaded)))
        except Refusal as refusal:
            raise NeedsHuman(
                translate(ENGLISH, f"refused.{refusal.code}", **refusal.refused.values), "No file was written."
            ) from refusal
    _write(made, Path(args.output or made.name))
    asyncio.run(_do(loaded, made.record_command))
    return 0


def archive(args: argparse.Namespace) -> int:
    """Create France's archive of a closed month or year."""
    args.regime, args.register = "fr", ""
    args.since, args.until = _span(args.period)
    return export(args)


def report(args: argparse.Namespace) -> int:
    """Create Ontario's report of a past month."""
    args.regime, args.register = "ca-on", ""
    args.since, args.until = _span(args.period)
    return export(args)


def fec(args: argparse.Namespace) -> int:
    """Write France's accounting file (FEC) of a tax year. The file is validated, and complete or not written."""
    loaded = config.load(Path(args.config))
    settings = settings_of(loaded)
    try:
        siren, year = siren_of(settings), tax_year(settings, args.year)
    except Refusal as refusal:
        raise NeedsHuman(translate(ENGLISH, f"refused.{refusal.code}"), "No file was written.") from refusal
    path = Path(args.output or fec_name(siren, year.last_day))
    beside = path.with_name(f".{path.name}.part")
    try:
        with reading(loaded) as db, beside.open("w", encoding="utf-8", newline="") as file:
            count = sum(bool(file.write(f"{line}\r\n")) for line in fec_lines(db, build_registry(loaded), year))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise NeedsHuman(
            f"{path} can't be written: {error}.", "Free up space, or use another place with -o."
        ) from error
    say(f"{path}: {count - 1} lines, {year.first_day} to {year.last_day}")
    return 0


def begin(args: argparse.Namespace) -> int:
    asyncio.run(_do(config.load(Path(args.config)), StartRegime(args.regime)))
    return 0


def end(args: argparse.Namespace) -> int:
    asyncio.run(_do(config.load(Path(args.config)), EndRegime(args.regime, args.why)))
    return 0


def new_key(args: argparse.Namespace) -> int:
    asyncio.run(_do(config.load(Path(args.config)), ReplaceSigningKey(args.regime)))
    return 0


def tape(args: argparse.Namespace) -> int:
    """Print Israel's control tape of a register's day."""
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        try:
            say("\n".join(_authorities(loaded).tape(db, args.day, args.register)))
        except Refusal as refusal:
            raise NeedsHuman(
                translate(ENGLISH, f"refused.{refusal.code}", **refusal.refused.values), "No file was written."
            ) from refusal
    return 0


def enrol(args: argparse.Namespace) -> int:
    """Obtain Québec's certificate for the law's initial key."""
    loaded = config.load(Path(args.config))
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    taken = asyncio.run(
        quebec_enrolment.enrol(keys, settings_of(loaded), args.register, args.code, loaded.notify.allow)
    )
    say(f"The certificate {taken} was installed. Restart the appliance.")
    return 0


def user_report(args: argparse.Namespace) -> int:
    """Show and send Québec's user report; the law requires both. Returns exit status 1 if the service rejected it."""
    loaded = config.load(Path(args.config))
    keys, settings = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder))), settings_of(loaded)
    reports = UserReports(build_registry(loaded), till_settings(loaded), settings, keys)
    year = args.year or date.fromisoformat(_today(loaded)).year
    with reading(loaded) as db:
        made = reports.report(db, args.register, args.user or settings.name, year, time.time_ns() // 1000)
    say("\n".join(report_sheet(device_of(settings, args.register), made)))
    sent = asyncio.run(send_report(keys, settings, args.register, made, loaded.notify.allow))
    say("The service accepted it." if sent.taken else f"The service rejected it: {sent.why}")
    return int(not sent.taken)


def attest(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    say("\n".join(attestation(settings_of(loaded), loaded.registers, _today(loaded))))
    return 0


def _authorities(loaded: Config) -> Authorities:
    keys = FiscalKeys(SecretStore(loaded.folder, secret_keys.of_secrets(loaded.folder)))
    return Authorities(build_registry(loaded), till_settings(loaded), settings_of(loaded), keys)


def _write(made: MadeFile, path: Path) -> None:
    """Write all files or none, so that a full disk leaves no partial file."""
    files = [(path, made.data), (path.with_name(f"{path.name}.jws"), made.beside.encode())]
    parts = [(target.with_name(f".{target.name}.part"), target, data) for target, data in files if data]
    try:
        for part, _, data in parts:
            part.write_bytes(data)
        for part, target, _ in parts:
            part.replace(target)
    except OSError as error:
        for part, _, _ in parts:
            part.unlink(missing_ok=True)
        raise NeedsHuman(
            f"{path} can't be written: {error}.", "Free up space, or use another place with -o."
        ) from error
    say(f"{path}: {made.records} records, SHA-256 {made.sha256}")
    for line in made.told:
        say(line)
    for one in made.sums:
        say(f"{one.document_type} {one.name}: {one.documents}, {one.total_minor / 100:.2f}")
    if made.lost:
        say(f"{made.lost} characters aren't supported by this format and were replaced by ?.")


def _span(period: str) -> tuple[str, str]:
    """First and last day of a month `2026-11` or year `2026`."""
    try:
        first = date.fromisoformat(f"{period}-01-01"[:10])
        months = 12 if len(period) == len("2026") else 1
        following = date(first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1, 1)
    except ValueError as error:
        raise NeedsHuman(f"{period} isn't a month or year.", "Enter it like 2026-11 or 2026.") from error
    return first.isoformat(), (following - timedelta(days=1)).isoformat()


def _today(loaded: Config) -> str:
    return loaded.business_date(time.time_ns() // 1000)


async def _do(loaded: Config, command: Command) -> None:
    async with reach(loaded) as access:
        await access.do(command)


async def _repeat_command(loaded: Config, command: Command, register: str = "") -> int:
    """Run the command until no work remains; return the total."""
    done = 0
    async with reach(loaded, register) as access:
        for _ in range(MOST):
            result = (await access.do(command)).result
            if not result:
                break
            done += int(result)
    return done
