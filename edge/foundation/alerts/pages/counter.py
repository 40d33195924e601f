"""Alerts on a cashier's page: alerts that cashiers can act on, and alerts addressed to them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.foundation.access.queries import role_of
from edge.foundation.alerts.alert_texts import advice, title
from edge.foundation.alerts.queries import Alert, grave_of_kind, open_for
from edge.foundation.alerts.rules import SAID, rank
from edge.web.live.fragments import FACTS, TICK, Fragment, FragmentSource, Values

SHOWN = 3
"""Alerts to show. The most severe of each kind come first; further alerts are counted."""


class CounterAlert(msgspec.Struct, frozen=True):
    """An alert with `title` and `advice` by language."""

    alert: Alert
    currency: str

    def title(self, language: str) -> str:
        return title(language, self.alert.kind, self.alert.values, self.currency)

    def advice(self, language: str) -> str:
        return advice(language, self.alert.kind, self.alert.values, self.currency)


def _values(views: FragmentSource, register: str) -> Values:
    """Return the page's values. Cached until the journal grows; the clock only shows whether a session has expired."""
    session = views.identity.signed_in(register)
    user = session.user if session else ""
    return views.at_head(("counter_alerts", user), lambda: _read(views, user))


def _read(views: FragmentSource, user: str) -> Values:
    db = views.shop.reader
    found: list[tuple[int, Alert]] = []
    count = 0
    for kind, watch in views.shop.registry.watches.items():
        if watch.at_till:
            gravest, many = grave_of_kind(db, kind, watch.at_till, SHOWN)
            found, count = [*found, *_in_order(gravest)], count + many
    if user:
        role = role_of(db, user)
        said, many = open_for(db, SAID, user, role.id if role else "", SHOWN)
        found, count = [*found, *_in_order(said)], count + many
    found.sort(key=lambda one: (one[0], -rank(one[1].severity), -one[1].id))
    shown = [CounterAlert(one, views.config.store.currency) for _, one in found[:SHOWN]]
    return {"shown": shown, "more": count - len(shown)}


def _in_order(alerts: Iterable[Alert]) -> Iterable[tuple[int, Alert]]:
    """Alerts of one kind with positions: most severe first, then newest."""
    return enumerate(sorted(alerts, key=lambda one: (-rank(one.severity), -one.id)))


FRAGMENTS = (Fragment("counter_alerts", _values, follows=(FACTS, TICK)),)
