"""Page fragments about the appliance: failed parts, sync position, backups, models, end of the journal."""

from __future__ import annotations

from edge.core.command_bus import COMMITTED
from edge.core.jobs.store import JOBS, Job, read_jobs
from edge.core.journal.rows import read_rows
from edge.core.process.parts import PARTS, SUPERVISOR
from edge.foundation.alerts.queries import count_open
from edge.foundation.printing.queries import count_queued, waiting_for
from edge.lib.i18n import ENGLISH, words
from edge.runtime import directive_trust
from edge.runtime.backup_state import replica_check, restore_gap, status
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.backup_state.status import KEPT
from edge.runtime.config import CONFIG
from edge.runtime.models_state import MODELS, RUNNING
from edge.runtime.sync_state import SYNC
from edge.web.limits import JOBS_SHOWN, JOURNAL_SHOWN
from edge.web.live.fragments import Fragment, FragmentSource, Values

OWN_NAMES = frozenset(
    (
        *("panel", "twin", "models", "pay_pages", "payouts", "security_device", "allocations", "quebec"),
        *("web_shops", "invoice_mail", "other_tills", "feeds", "notifications", "written_messages", "wyoming"),
    )
)
"""Parts shown to an owner, besides devices. Backups and head office have separate lines on the status page. All other
parts are internal, and only shown when they fail."""


def alerts(source: FragmentSource, register: str) -> Values:
    """Failed parts, and problems that block printing or the ledger."""
    lost = [part for part in source.services.of(SUPERVISOR).states.values() if part.state == "lost" or part.key]
    sync = source.services.of(SYNC)
    return {
        "lost": lost,
        "slips": waiting_for(source.shop.reader, register) if lost else {},
        "why_read_only": source.shop.why_read_only,
        "stopped": sync if sync and sync.key and sync.state == "stopped" else None,
    }


def state(source: FragmentSource, register: str) -> Values:
    """A one-word state for each area."""
    states = source.services.of(SUPERVISOR).states.values()
    lost = sum(part.state == "lost" for part in states)
    return {
        "lost": lost,
        "devices": bool(source.services.of(CONFIG).devices),
        "jobs": _open_jobs(source),
        **position(source, register),
    }


def shop_status(source: FragmentSource, register: str) -> Values:
    """The shop's status for the owner: what is working, waiting and to be done. `fine`: working parts; `open_alerts`
    and `prints`: counts."""
    states = source.services.of(SUPERVISOR).states.values()
    known = OWN_NAMES.union(device.name for device in source.services.of(CONFIG).devices)
    fine = (part for part in states if part.name in known and part.state == "ok" and not part.key)
    return {
        **alerts(source, register),
        **position(source, register),
        **backup(source, register),
        "fine": sorted(fine, key=lambda part: part.name),
        "open_alerts": sum(count_open(source.shop.reader).values()),
        "prints": count_queued(source.shop.reader),
        "jobs": _open_jobs(source),
    }


def _open_jobs(source: FragmentSource) -> list[Job]:
    return [job for job in read_jobs(source.shop.reader, JOBS_SHOWN) if job.state in ("queued", "running")]


def position(source: FragmentSource, register: str) -> Values:
    """The hub's position in the journal. `lag`: the number of rows not sent yet."""
    sync, folder = source.services.of(SYNC), source.config.folder
    return {
        "sync": sync,
        "head": source.shop.head.seq,
        "lag": max(0, sync.head - sync.through) if sync else 0,
        "proved": replica_check.load(folder) if sync else None,
        "lacks": restore_gap.load(folder) if sync else None,
        "keyless": sync is not None and not directive_trust.is_pinned(folder),
    }


def parts(source: FragmentSource, register: str) -> Values:
    """All parts."""
    return {"states": sorted(source.services.of(SUPERVISOR).states.values(), key=lambda part: part.name)}


def models(source: FragmentSource, register: str) -> Values:
    """The running models."""
    running = source.services.of(RUNNING)
    return {"figures": running.figures() if running else []}


def backup(source: FragmentSource, register: str) -> Values:
    """The last backup, and tasks in progress."""
    desk = source.services.of(BACKUPS)
    return {
        "wanted": desk.settings.is_wanted,
        "kept": status.load(source.config.folder),
        "running": desk.running,
    }


def journal_end(source: FragmentSource, register: str) -> Values:
    """The newest journal rows. `named`: types and surfaces that have a display name."""
    head, known = source.shop.head.seq, words(ENGLISH)
    rows = read_rows(source.shop.reader, max(1, head - JOURNAL_SHOWN + 1), JOURNAL_SHOWN)[::-1]
    named = {one for row in rows for one in (f"event.{row.type}", f"journal.surface_{row.surface}") if one in known}
    return {"entries": rows, "named": named}


FRAGMENTS = (
    Fragment("alerts", alerts, follows=(PARTS,)),
    Fragment("status", state, follows=(COMMITTED, JOBS, PARTS)),
    Fragment("parts", parts, follows=(PARTS,)),
    Fragment("shop_status", shop_status, follows=(COMMITTED, JOBS, PARTS, KEPT)),
    Fragment("models", models, follows=(MODELS,)),
    Fragment("position", position, follows=(COMMITTED,)),
    Fragment("backup", backup, follows=(KEPT,)),
    Fragment("journal", journal_end, follows=(COMMITTED,)),
)
