"""Texts of messages: one alert, several together, or an overview, in the recipient's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from edge.foundation.alerts.alert_texts import advice, one_line, title
from edge.foundation.alerts.queries import Alert
from edge.foundation.alerts.rules import gravest
from edge.foundation.outbox.messages import SHOP_SEPARATOR
from edge.lib.i18n import translate
from edge.lib.i18n.bidi import closing_isolates

TITLE_CHARS = 80
LINES = 20
"""Number of alerts named in a message; the rest are only counted."""


class Said(msgspec.Struct, frozen=True):
    """An alert in a message. `what`: the message type, such as `raised`; `holder`: the person who acknowledged it."""

    what: str
    alert: Alert
    holder: str = ""


class About(msgspec.Struct, frozen=True):
    """A message's shop, language and zone.

    `link`: the page that shows its alerts, if any; `origin`: the first part of such URLs; `reports`: the URL for
    delivery reports.
    """

    shop: str
    language: str
    zone: ZoneInfo
    currency: str
    link: str = ""
    origin: str = ""
    reports: str = ""


class Composed(msgspec.Struct, frozen=True):
    """A message for any channel: a one-line title, paragraphs, and severity."""

    title: str
    paragraphs: tuple[str, ...]
    severity: str
    link: str = ""

    @property
    def text(self) -> str:
        return "\n".join((*self.paragraphs, *((self.link,) if self.link else ())))


def compose(about: About, said: Sequence[Said], over: int = 0, whole: str = "", more: int = 0) -> Composed:
    """Compose a message about these alerts.

    `over`: alerts resolved before sending; `more`: number of further alerts that are only counted; `whole`: `open` or
    `digest` for an overview, `late` for messages delayed over an hour.
    """
    if whole == "late":
        said = [msgspec.structs.replace(one, what="again") if one.what == "raised" else one for one in said]
    severity = gravest(one.alert.severity for one in said)
    if len(said) == 1 and not whole and not more:
        paragraphs = tuple(_details(about, said[0]))
        name = _title(about, said[0])
    else:
        shown = _select(said)
        paragraphs = tuple(f"- {_title(about, one)}" for one in shown)
        count = len(said) + more
        if count > len(shown):
            paragraphs += (translate(about.language, "notify.further", count=count - len(shown)),)
        name = translate(about.language, f"notify.title_{whole or 'several'}", count=count)
    if over:
        paragraphs += (translate(about.language, "notify.came_and_went", count=over),)
    return Composed(title_of(one_line(name), about.shop), paragraphs, severity, about.link)


def _select(said: Sequence[Said]) -> list[Said]:
    """The alerts to name, in order of time: all critical alerts, and others as space permits."""
    critical = [one for one in said if one.alert.severity == "critical"]
    rest = sorted((one for one in said if one.alert.severity != "critical"), key=lambda one: one.alert.id)
    return sorted([*critical, *rest[: max(0, LINES - len(critical))]], key=lambda one: one.alert.id)


def test_message(about: About) -> Composed:
    """The text of a test message."""
    text = translate(about.language, "notify.test_text", shop=about.shop)
    name = translate(about.language, "notify.test_title")
    return Composed(title_of(name, about.shop), (text,), "info", about.link)


def title_of(name: str, shop: str) -> str:
    """The title of a message: `name`, shortened if necessary, followed by the shop's name."""
    behind = shorten_text(SHOP_SEPARATOR + one_line(shop), TITLE_CHARS // 2)
    return shorten_text(name, TITLE_CHARS - len(behind)) + behind


def shorten_text(text: str, most: int) -> str:
    """Shorten a text with an ellipsis, closing open bidi isolates."""
    if len(text) <= most:
        return text
    cut = text[: most - 1].rstrip()
    while len(cut) + len(closing_isolates(cut)) > most - 1:
        cut = cut[:-1]
    return f"{cut}…{closing_isolates(cut)}"


def _title(about: About, said: Said) -> str:
    alert = said.alert
    name = title(about.language, alert.kind, alert.values, about.currency)
    severity = translate(about.language, f"alert.{alert.severity}")
    values = {"title": name, "severity": severity, "when": _moment(about, alert.first_us), "who": said.holder}
    return translate(about.language, f"notify.says_{said.what}", **values)


def _details(about: About, said: Said) -> list[str]:
    alert = said.alert
    do = advice(about.language, alert.kind, alert.values, about.currency) if said.what != "resolved" else ""
    since = translate(about.language, "alert.since", when=_moment(about, alert.first_us))
    times = translate(about.language, "alert.times", count=alert.count) if alert.count > 1 else ""
    return [_title(about, said), *([do] if do else []), f"{since}, {times}" if times else since]


def _moment(about: About, at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1e6, tz=about.zone):%Y-%m-%d %H:%M}"
