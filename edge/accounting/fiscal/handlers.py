"""Commands of fiscal law, inside the transaction: load, decide, save."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal import commands, events
from edge.accounting.fiscal.clock_steps import ClockSet, clock_steps
from edge.accounting.fiscal.closing import close_due
from edge.accounting.fiscal.events import FiscalFileMade, LogEntry, LogSigned
from edge.accounting.fiscal.france.event_log import CLOCK_SET, STORE, TYPES, log_entries, register_of
from edge.accounting.fiscal.germany.german_device import record_device_answers
from edge.accounting.fiscal.keys import FiscalKeys, public_text
from edge.accounting.fiscal.queries import (
    KeptRegime,
    chain_end,
    count_unsigned,
    log_end,
    read_regimes,
    regime_at,
    signing_regime,
)
from edge.accounting.fiscal.regimes import SIGNING
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.signing import Signing, local, printable
from edge.accounting.fiscal.version import FISCAL_VERSION, SOFTWARE_VERSION
from edge.accounting.invoices.queries import read_document
from edge.core.journal.rows import read_rows_of
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.france.chains import ArchiveEntry, EventEntry, sign_entry
from edge.lib.regions.tax_numbers import check

SPAN = 2_000
"""Journal rows to scan for the log per command."""
ENTRIES = 20
"""Events to add to the log per command."""
ANSWER_US = 5_000_000
"""How long a bill waits for an answer, in microseconds."""
_TRANSACTION = "SELECT state FROM fiscal_transaction WHERE register = ? AND place = ?"
_SOLD = "SELECT 1 FROM receipt WHERE business_date = ? LIMIT 1"
_MONTHS = "SELECT max(day) FROM fiscal_paper WHERE regime = 'at' AND register = ?"


class Law:
    """Handles the commands of fiscal law in a store."""

    def __init__(self, settings: FiscalSettings, keys: FiscalKeys, signing: Signing) -> None:
        self._settings = settings
        self._keys = keys
        self._signing = signing
        self._zone = ZoneInfo(settings.zone)

    def start_regime(self, tx: Transaction, command: commands.StartRegime) -> None:
        regime, today = command.regime, tx.business_date
        known = {one.regime: one for one in read_regimes(tx.db)}
        if regime not in self._settings.regimes:
            raise Refusal("fiscal_not_configured", {"regime": regime})
        if regime in known and not known[regime].until:
            raise Refusal("fiscal_started", {"regime": regime, "since": known[regime].since})
        others = [one for one in known.values() if one.regime in SIGNING and regime in SIGNING]
        if other := next((one for one in others if not one.until or one.until >= today), None):
            raise Refusal("fiscal_other_signs", {"regime": regime, "other": other.regime})
        self._require_identity(regime)
        sold = tx.db.execute(_SOLD, (today,)).fetchone()
        since = (date.fromisoformat(today) + timedelta(days=1)).isoformat() if sold else today
        key = public_text(self._keys.get_or_create(regime)) if regime in SIGNING else ""
        if regime == "at":
            self._keys.counter_key()
        said = self._settings
        tx.append(
            events.RegimeStarted(
                regime, since, said.tax_number, said.company_number, SOFTWARE_VERSION, FISCAL_VERSION, key
            )
        )

    def _require_identity(self, regime: str) -> None:
        """Refuse to continue if the tax number is missing or invalid."""
        number = self._settings.tax_number
        if not number or not number.isascii():
            raise Refusal("fiscal_identity_missing")
        if regime == "il" and check(number, "IL").state != "ok":
            raise Refusal("fiscal_number_wrong", {"number": number})
        if regime == "fr" and not _siren(self._settings.company_number):
            raise Refusal("fiscal_siren_missing")

    def end_regime(self, tx: Transaction, command: commands.EndRegime) -> None:
        known = regime_at(tx.db, command.regime)
        if known is None or known.until:
            raise Refusal("fiscal_not_started", {"regime": command.regime})
        tx.append(events.RegimeEnded(command.regime, tx.business_date, command.why))

    def replace_key(self, tx: Transaction, command: commands.ReplaceSigningKey) -> None:
        known = regime_at(tx.db, command.regime)
        if known is None or command.regime not in SIGNING:
            raise Refusal("fiscal_not_started", {"regime": command.regime})
        if self._keys.has(command.regime):
            raise Refusal("fiscal_key_is_there", {"regime": command.regime})
        key = self._keys.get_or_create(command.regime, anew=True)
        tx.append(events.SigningKeyChanged(command.regime, known.key, public_text(key)))

    def close_periods(self, tx: Transaction, command: commands.CloseFiscalPeriods) -> int:
        """Sign the register's pending papers, then close finished periods. Returns how many were closed."""
        register, closed = tx.actor.register, 0
        self._signing.sign_new(tx, register)
        for law in read_regimes(tx.db):
            if law.regime == "fr" and register not in count_unsigned(tx.db, law) and self._keys.has("fr"):
                closed += close_due(tx, law, register, tx.business_date, self._keys.key("fr"), self._settings)
            if law.regime == "at" and law.holds(tx.business_date):
                closed += self._close_austrian(tx, register)
        return closed

    def _close_austrian(self, tx: Transaction, register: str) -> int:
        """Sign a zero receipt for the last finished month; December's is also the year's."""
        (last,) = tx.db.execute(_MONTHS, (register,)).fetchone()
        if not last or last[:7] >= tx.business_date[:7]:
            return 0
        kind: events.PaperKind = "YEAR" if last[5:7] == "12" else "MONTH"
        tx.append(self._signing.zero(tx, register, kind))
        return 1

    def record_file(self, tx: Transaction, command: commands.RecordFiscalFile) -> None:
        """Record a file. Archives are signed into a separate chain."""
        fields = msgspec.structs.asdict(command)
        place, signature = 0, ""
        if command.kind == "archive":
            before, previous = chain_end(tx.db, command.regime, "archive", "")
            place = before + 1
            entry = ArchiveEntry(
                sha256=command.sha256,
                since=command.since,
                until=command.until,
                archive=place,
                at=local(tx.at_us, self._zone),
            )
            signature = sign_entry(self._keys.key(command.regime), entry, previous)
        tx.append(FiscalFileMade(**fields, place=place, signature=signature))

    def record_answers(self, tx: Transaction, command: commands.RecordTransactionAnswers) -> int:
        """Record answers to transactions; repeated ones are ignored."""
        register, noted = tx.actor.register, 0
        for one in command.answers:
            row = tx.db.execute(_TRANSACTION, (register, one.place)).fetchone()
            if row is None:
                raise Refusal("fiscal_no_transaction", {"place": one.place})
            if row[0] != "waits":
                continue
            said = (one.service_number, one.service_at, one.codes, one.why)
            tx.append(events.TransactionAnswered(register, one.place, one.taken, *said))
            noted += 1
        self._signing.release(tx, 0)
        return noted

    def record_device_answers(self, tx: Transaction, command: commands.RecordDeviceAnswers) -> int:
        """Record device answers and release the receipts that waited for them."""
        noted = record_device_answers(tx, command)
        self._signing.release(tx, 0)
        return noted

    def release_prints(self, tx: Transaction, command: commands.ReleaseHeldPrints) -> int:
        return self._signing.release(tx, tx.at_us - ANSWER_US)

    def record_allocation(self, tx: Transaction, command: commands.RecordAllocation) -> None:
        if read_document(tx.db, command.invoice) is None:
            raise Refusal("no_such_invoice", {"number": command.invoice})
        row = tx.db.execute(
            "SELECT allocation FROM invoice_allocation WHERE invoice = ?", (command.invoice,)
        ).fetchone()
        if row and row[0] == command.allocation:
            return
        if row and row[0]:
            raise Refusal("fiscal_allocated", {"number": command.invoice, "allocation": row[0]})
        tx.append(events.AllocationRecorded(command.invoice, command.allocation))

    def record_refused(self, tx: Transaction, command: commands.RecordAllocationRefused) -> None:
        if read_document(tx.db, command.invoice) is None:
            raise Refusal("no_such_invoice", {"number": command.invoice})
        tx.append(events.AllocationRefused(command.invoice, command.why))


class Logging:
    """Appends journal events to the signed log."""

    def __init__(self, till: TillSettings, settings: FiscalSettings, keys: FiscalKeys) -> None:
        self._till = till
        self._keys = keys
        self._zone = ZoneInfo(settings.zone)

    def sign_log(self, tx: Transaction, command: commands.SignLog) -> bool:
        """Append to the log; returns whether there is more."""
        law = signing_regime(tx)
        if law is None or law.regime != "fr":
            return False
        if command.started:
            was = tx.db.execute("SELECT software, fiscal_version, taxes FROM fiscal_start").fetchone()
            taxes = hashlib.sha256(msgspec.json.encode(self._till.tax, order="deterministic")).hexdigest()[:16]
            tx.append(events.ApplianceStarted(SOFTWARE_VERSION, FISCAL_VERSION, taxes, *(was or ())))
        if command.stopped:
            tx.append(events.ApplianceStopped())
        before = log_end(tx.db)
        rows, through = read_rows_of(tx.db, TYPES, before + 1, SPAN, ENTRIES)
        steps = clock_steps(tx.db, before, through, ENTRIES)
        if more_steps := len(steps) == ENTRIES:
            through = steps[-1].seq
        entries = self._entries(tx, [row.seq for row in rows if row.seq <= through], steps, law)
        more = len(rows) == ENTRIES or more_steps or through - before >= SPAN
        if entries or more:
            tx.append(LogSigned(through, tuple(entries)))
        return more

    def _entries(self, tx: Transaction, rows: list[int], steps: list[ClockSet], law: KeptRegime) -> list[LogEntry]:
        """Entries for logged events and clock steps, in journal order."""
        key, ends = self._keys.key("fr"), dict[str, tuple[int, str]]()
        moved = {step.seq: step.moved_us for step in steps}
        found = []
        for seq in sorted({*rows, *moved}):
            fact = tx.read(seq)
            if fact.business_date < law.since:
                continue
            register = register_of(fact)
            lines = [(STORE, CLOCK_SET, f"{moved[seq] // 1_000_000:+} s")] if seq in moved else []
            lines += [(register, code, note) for code, note in (log_entries(fact) if seq in rows else ())]
            for place_of, code, note in lines:
                place, previous = ends.get(place_of) or chain_end(tx.db, "fr", "event", place_of)
                at, operator = local(fact.at_us, self._zone), printable(fact.actor)
                entry = EventEntry(event=place + 1, code=code, note=note, at=at, operator=operator, register=place_of)
                signature = sign_entry(key, entry, previous)
                ends[place_of] = (place + 1, signature)
                about = (fact.seq, place_of, place + 1, code, note, fact.business_date, at.isoformat(), operator)
                found.append(LogEntry(*about, signature))
        return found


def _siren(number: str) -> bool:
    """Whether a number is a valid SIREN (nine digits) or SIRET (fourteen)."""
    from stdnum.fr import siren, siret

    return number.isdigit() and bool(siren.is_valid(number) or siret.is_valid(number))
