"""A user's notification preferences: alerts, channels and quiet hours. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from edge.core.registry import Severity
from edge.foundation.alerts.rules import CRITICAL_ONCE, rank
from edge.lib.i18n import LanguageOrNone

Channel = Literal["email", "slack", "webhook", "sms", "whatsapp", "push", "printer", "speaker", "apprise"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
WITHOUT_ADDRESS = ("printer", "push", "speaker")
"""Channels that need no address, in addition to the page, which everyone has."""
ADDRESS: dict[Channel, str] = {
    "email": "email",
    "slack": "slack_webhook",
    "webhook": "webhook",
    "sms": "phone",
    "whatsapp": "phone",
    "apprise": "apprise",
}
"""The address field of each channel; the shop's own channels need none."""
WHEN_CRITICAL = {now: once for once, now in CRITICAL_ONCE.items()}
"""Former kinds of critical alerts, by their current kind, so that preferences for them still apply."""

Hour = Annotated[
    str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)", description="hours and minutes, such as 22:30")
]
OptionalHour = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)")]
Day = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$(?!\n)")]
Mail = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?"
        r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?)+)?$(?!\n)",
        max_length=254,
        description="an email address, such as dana@example.com, or empty",
    ),
]
Phone = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(\+[1-9][0-9]{6,14})?$(?!\n)", description="a phone number such as +972541234567 (E.164), or empty"
    ),
]
Url = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(https?://[^\s/@:?#]+(:[0-9]{1,5})?([/?][^\s]*)?)?$(?!\n)",
        max_length=500,
        description="an address that starts with https://, or empty",
    ),
]
AppriseUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([a-z][a-z0-9]{1,30}://[^\s]+)?$(?!\n)",
        max_length=500,
        description="an Apprise address, such as tgram://TOKEN/CHAT, or empty",
    ),
]
Kinds = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")], ...], msgspec.Meta(max_length=100)
]
KindChannels = Annotated[
    dict[
        Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$(?!\n)")],
        Annotated[tuple[Channel, ...], msgspec.Meta(min_length=1, max_length=len(CHANNELS))],
    ],
    msgspec.Meta(max_length=100),
]


Base64 = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,200}=*$(?!\n)")]


class Browser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's push subscription (W3C Push API): service address, and keys in base64url."""

    endpoint: Url
    p256dh: Base64
    auth: Base64


ReportKind = Literal["daily", "weekly", "monthly"]


class NotificationPreferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A user's preferences. They contain addresses, so they're stored encrypted with the person's key.

    `enabled_channels` get alerts at once, `urgent_channels` only unacknowledged critical ones. `kind_channels`:
    channels that replace these for specific kinds. `min_severity`: lowest severity to receive; `high`: nothing below
    high. `order`: position in the escalation. `reports`: reports to receive. `resolved`: whether to receive
    resolutions, except on `resolved_channels_off` and for `resolved_kinds_off`. `quiet_spares`: silent channels that
    are also used in quiet hours.
    """

    email: Mail = ""
    phone: Phone = ""
    slack_webhook: Url = ""
    webhook: Url = ""
    apprise: AppriseUrl = ""
    enabled_channels: tuple[Channel, ...] = ()
    urgent_channels: tuple[Channel, ...] = ()
    notify_on_critical: bool = True
    notify_on_high: bool = True
    min_severity: Literal["high", "medium", "low", "info"] = "high"
    kinds_off: Kinds = ()
    kind_channels: KindChannels = {}
    quiet_hours_enabled: bool = False
    quiet_hours_start: Hour = "22:00"
    quiet_hours_end: Hour = "07:00"
    critical_passes: bool = True
    quiet_spares: tuple[Channel, ...] = ()
    digest_at: OptionalHour = ""
    reports: tuple[ReportKind, ...] = ()
    resolved: bool = True
    resolved_channels_off: tuple[Channel, ...] = ()
    resolved_kinds_off: Kinds = ()
    language: LanguageOrNone = ""
    order: Annotated[int, msgspec.Meta(ge=0, le=99)] = 50
    away_from: Day = ""
    away_until: Day = ""

    def address(self, channel: str) -> str:
        """The address for a channel; "" if none. Printer and loudspeaker belong to the shop; browsers are stored
        separately.
        """
        if channel in WITHOUT_ADDRESS:
            return channel
        return str(getattr(self, ADDRESS.get(channel, ""), "")) if channel in ADDRESS else ""

    @property
    def addresses(self) -> frozenset[str]:
        """All addresses that messages are sent to, including sign-in codes."""
        return frozenset(f"{field} {getattr(self, field)}" for field in ADDRESS.values())

    def wants(self, severity: Severity, kind: str) -> bool:
        """Whether the user wants alerts of this severity and kind."""
        if kind in self.kinds_off and severity != "critical":
            return False
        match severity:
            case "critical":
                return self.notify_on_critical
            case "high":
                return self.notify_on_high
            case _:
                return self.min_severity != "high" and rank(severity) >= rank(self.min_severity)

    def channels_of(self, kind: str, severity: Severity | None) -> tuple[Channel, ...]:
        """The channels for immediate alerts of a kind.

        A choice made for a former kind also applies to the critical kind split from it.
        """
        return self.own_channels(kind, severity) or self.enabled_channels

    def own_channels(self, kind: str, severity: Severity | None) -> tuple[Channel, ...]:
        """The channels chosen for this kind only; empty if the general channels apply."""
        formerly = WHEN_CRITICAL.get(kind, "") if severity == "critical" else ""
        return self.kind_channels.get(formerly) or self.kind_channels.get(kind, ())

    def wants_end(self, channel: str, kind: str, severity: str) -> bool:
        """Whether the user wants resolutions of a kind on a channel, by the alert's last severity."""
        kinds = (kind, WHEN_CRITICAL.get(kind) if severity == "critical" else None)
        off = any(one in self.resolved_kinds_off for one in kinds)
        return self.resolved and channel not in self.resolved_channels_off and not off

    def away(self, day: str) -> bool:
        """Whether the user is on leave on a day (ISO 8601)."""
        return bool(self.away_from) and self.away_from <= day and (not self.away_until or day <= self.away_until)


def faults(prefs: NotificationPreferences) -> Iterator[tuple[str, str]]:
    """Yield faults that types can't express, each as a field and a refusal code."""
    if prefs.quiet_hours_start == prefs.quiet_hours_end:
        yield "quiet_hours_end", "quiet_hours_same"
    of_kinds = (channel for channels in prefs.kind_channels.values() for channel in channels)
    for channel in dict.fromkeys((*prefs.enabled_channels, *prefs.urgent_channels, *of_kinds)):
        if not prefs.address(channel):
            yield ADDRESS[channel], "channel_needs_address"
    for field in ("away_from", "away_until"):
        if (text := getattr(prefs, field)) and not _is_day(text):
            yield field, "no_such_day"
    if prefs.away_until and prefs.away_until < prefs.away_from:
        yield "away_until", "away_backwards"


def quiet_until_us(prefs: NotificationPreferences, now_us: int, zone: ZoneInfo) -> int | None:
    """The end of the quiet hours at `now_us`; None outside them. The start is inclusive, the end exclusive.

    For a repeated local time, a start is the first occurrence and an end the second; a skipped time is the first moment
    after the gap.
    """
    if not prefs.quiet_hours_enabled:
        return None
    today = datetime.fromtimestamp(now_us / 1e6, tz=zone).date()
    start, end = _clock(prefs.quiet_hours_start), _clock(prefs.quiet_hours_end)
    for day in (today - timedelta(days=1), today):
        begins = moment_us(day, start, zone, later=False)
        ends = moment_us(day if start < end else day + timedelta(days=1), end, zone, later=True)
        if begins <= now_us < ends:
            return ends
    return None


def last_due_us(at: str, now_us: int, zone: ZoneInfo) -> int:
    """The last time, up to now, at which local clocks showed `at`."""
    today = datetime.fromtimestamp(now_us / 1e6, tz=zone).date()
    moments = (moment_us(today - timedelta(days=back), _clock(at), zone, later=False) for back in (0, 1, 2))
    return next(moment for moment in moments if moment <= now_us)


def moment_us(day: date, at: time, zone: ZoneInfo, later: bool) -> int:
    """The moment at which a zone's clocks show a time on a day."""
    local = datetime.combine(day, at, tzinfo=zone).replace(fold=1 if later else 0)
    stamp = local.timestamp()
    if datetime.fromtimestamp(stamp, tz=zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        stamp = _behind_gap(day, at, zone)
    return round(stamp * 1e6)


def _behind_gap(day: date, at: time, zone: ZoneInfo) -> float:
    """The end of a skipped local time, found to the second between both readings of the clock."""
    readings = sorted(datetime.combine(day, at, tzinfo=zone).replace(fold=fold).timestamp() for fold in (0, 1))
    low, high = int(readings[0]), int(readings[1])
    before = datetime.fromtimestamp(low, tz=zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz=zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return float(high)


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
