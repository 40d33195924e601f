"""Mails head office alerts to a tenant's staff: serious ones at once, the rest daily, and none in quiet hours.

Each alert is sent once per recipient. Runs in the workers, one process at a time. The mails are sent like those of
boxes (`hub_letters`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.notify.office_mail import SENDER
from edge.analytics.notify.preferences import NotificationPreferences, last_due_us, quiet_until_us
from edge.lib.i18n import ENGLISH, LANGUAGES
from edge.lib.i18n.dates import written_day
from edge.lib.i18n.languages import file_of
from sync.hub.api import page
from sync.hub.api.mailed_links import Kind
from sync.hub.causes import Cause, cause_text
from sync.hub.mail_wishes import MailWish, wish_of
from sync.hub.recurring import repeat
from sync.hub.store import Pool

EVERY_S = 60.0
LINES_MOST = 50
"""Lines per mail. Further ones follow in the next mail."""
LIFE = timedelta(days=1)
_OPEN = """
    SELECT tenant, kind, subject, mark, grave, said::text, raised_at FROM office_alert
    WHERE ended_at IS NULL ORDER BY tenant, raised_at LIMIT 1000
"""
_TOLD = "SELECT kind, subject, mark, at FROM office_told WHERE tenant = $1 AND person = $2"
_TELL = """
    INSERT INTO office_told (tenant, person, kind, subject, mark) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_SEND = """
    INSERT INTO office_letter (tenant, store, device, key, recipient, body, state, next_at, until_at, moved_at)
    VALUES ($1, '', '', $2, $3, $4, 'queued', now(), now() + $5::interval, now()) ON CONFLICT DO NOTHING
"""
_ZONE = """
    SELECT zone FROM store_record WHERE tenant = $1 AND zone <> '' AND state <> 'closed'
    GROUP BY zone ORDER BY count(*) DESC, zone LIMIT 1
"""
_NAMES = "SELECT store, name FROM store_record WHERE tenant = $1 AND name <> ''"
_TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('office mail', 0))"
Told = tuple[str, str, str]
"""Key of a sent alert: kind, subject and mark."""


class OpenAlert(msgspec.Struct, frozen=True):
    """A current alert."""

    kind: str
    subject: str
    mark: str
    grave: bool
    said: Mapping[str, Any]
    raised_us: int

    @property
    def alert_words(self) -> Told:
        return self.kind, self.subject, self.mark


def due(
    wish: MailWish, alerts: Sequence[OpenAlert], told: Mapping[Told, int], now_us: int, shops_zone: str = "UTC"
) -> list[OpenAlert]:
    """Return the alerts to send to a user now. Pure. `told`: alerts already sent, with their times (us); `shops_zone`:
    the default time zone."""
    zone = ZoneInfo(wish.zone or shops_zone)
    quiet = NotificationPreferences(
        quiet_hours_enabled=bool(wish.quiet_from),
        quiet_hours_start=wish.quiet_from or "22:00",
        quiet_hours_end=wish.quiet_until,
    )
    if quiet_until_us(quiet, now_us, zone) is not None:
        return []
    new = [one for one in alerts if one.alert_words not in told and one.kind not in wish.without]
    found = [one for one in new if one.grave]
    if wish.digest_at:
        moment_us = last_due_us(wish.digest_at, now_us, zone)
        found += [one for one in new if not one.grave and one.raised_us < moment_us]
    return found[:LINES_MOST]


class OfficeLetterWriter:
    """Writes the mails; see the module. `pool` has the role `edge_hub_worker`."""

    def __init__(self, pool: Pool, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._pool = pool
        self._now = now

    async def run(self) -> None:
        """Run every minute until cancelled."""
        await repeat("writing mails about alerts", self.turn, EVERY_S)

    async def turn(self) -> int:
        """Write due mails; return the number written."""
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_TURN):
                return 0
            return await self._write(connection)

    async def _write(self, connection: Any) -> int:
        by_tenant: dict[str, list[OpenAlert]] = {}
        for row in await connection.fetch(_OPEN):
            said = msgspec.json.decode(row["said"])
            about = (row["kind"], row["subject"], row["mark"], row["grave"], said, _us(row["raised_at"]))
            by_tenant.setdefault(row["tenant"], []).append(OpenAlert(*about))
        written = 0
        for tenant, alerts in by_tenant.items():
            zone = await connection.fetchval(_ZONE, tenant) or "UTC"
            names = dict(await connection.fetch(_NAMES, tenant))
            for row in await connection.fetch("SELECT * FROM mail_of_staff($1)", tenant):
                written += await self._tell(connection, tenant, row, alerts, zone, names)
        return written

    async def _tell(
        self, connection: Any, tenant: str, row: Any, alerts: Sequence[OpenAlert], zone: str, names: Mapping[str, str]
    ) -> int:
        wish = wish_of(row["mail"])
        told = {
            (one["kind"], one["subject"], one["mark"]): _us(one["at"])
            for one in await connection.fetch(_TOLD, tenant, row["person"])
        }
        found = due(wish, alerts, told, _us(self._now()), zone)
        if not found:
            return 0
        key = sha256(repr([one.alert_words for one in found]).encode()).hexdigest()[:32]
        called = f"{key}.{row['person']}"
        body = letter_of(tenant, row["email"], wish.language, found, self._now(), called, names).as_bytes()
        await connection.execute(_SEND, tenant, f"office-{row['person']}-{key}", row["email"], body, LIFE)
        for one in found:
            await connection.execute(_TELL, tenant, row["person"], *one.alert_words)
        return 1


def letter_of(
    tenant: str,
    to: str,
    language: str,
    alerts: Sequence[OpenAlert],
    now: datetime,
    name: str,
    stores: Mapping[str, str],
) -> EmailMessage:
    """Return a mail with one line per alert. `stores`: the stores' names. Pure."""
    language = language if language in page_words() else ENGLISH
    lines = [line_of(language, one, stores) for one in alerts]
    made = EmailMessage()
    made["Subject"] = f"{tenant}: {lines[0]}" if len(lines) == 1 else f"{tenant}: {lines[0]} (+{len(lines) - 1})"
    made["To"] = to
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{name}@{SENDER.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join([*lines, ""]))
    return made


def link_letter(
    pages: str, kind: Kind, to: str, language: str, secret: str, values: Mapping[str, Any], at: datetime | None = None
) -> bytes:
    """Mail with a link to head office's page (`sync.hub.api.mailed_links`). Pure except for the time."""
    words = page_words().get(language) or page_words()[ENGLISH]
    known = {**values, "email": to, "role": words.get(f"role_{values.get('role', '')}", "")}
    made = EmailMessage()
    made["Subject"] = words[f"mail_{kind}_subject"].format(**known)
    made["To"] = to
    made["Date"] = format_datetime(at or datetime.now(UTC))
    called = sha256(secret.encode()).hexdigest()[:32]
    made["Message-ID"] = f"<{kind}.{called}@{SENDER.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join([words[f"mail_{kind}"].format(**known), "", f"{pages}/#{kind}={secret}", ""]))
    return made.as_bytes()


def line_of(language: str, one: OpenAlert, stores: Mapping[str, str]) -> str:
    """Return the text of an alert from head office's page. `stores`: the stores' names."""
    words, said = page_words()[language], one.said
    match one.kind:
        case "licence":
            key = "office_licence_over" if one.mark.endswith("/over") else "office_licence"
            ends = written_day(said.get("ends", ""), LANGUAGES[language].locale)
            return words[key].format(store=stores.get(one.subject, one.subject), at=ends)
        case "quota":
            limit = words.get(f"limit_{one.subject}", one.subject)
            key = "office_quota_grave" if one.grave else "office_quota"
            return words[key].format(
                limit=limit, used=said.get("used", 0), most=said.get("limit", 0), percent=said.get("percent", 0)
            )
        case "stopped":
            cause = said.get("cause")
            why: str = said.get("reason", "")
            if cause:
                why = cause_text(msgspec.convert(cause, Cause), words, lambda store: stores.get(store, store))
            return words["office_stopped"].format(title=said.get("title") or one.subject, reason=why)
    return words["office_urgent"].format(title=said.get("title") or one.subject, who=said.get("by", ""))


@cache
def page_words() -> Mapping[str, Mapping[str, str]]:
    """Texts of head office's page, by language."""
    found: dict[str, dict[str, str]] = json.loads(resources.files(page).joinpath("words.json").read_bytes())
    apart = {code: file_of("sync.hub.api.page", "words", code) for code in LANGUAGES if code not in found}
    said = {code: msgspec.toml.decode(file.read_bytes(), type=dict[str, str]) for code, file in apart.items() if file}
    return found | {code: found[ENGLISH] | _as_written(code) | words for code, words in said.items()}


def _as_written(code: str) -> dict[str, str]:
    """Properties of a language that the page needs."""
    language = LANGUAGES[code]
    return {"own_name": language.name, "direction": language.direction, "colon": language.colon}


def _us(at: datetime) -> int:
    return round(at.timestamp() * 1e6)
