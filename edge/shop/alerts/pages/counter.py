"""What a cashier's page shows of alerts: what they can do something about, and what is for them by name or role."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.shop.access.queries import role_of
from edge.shop.alerts.alert_texts import advice, title
from edge.shop.alerts.queries import Alert, grave_of_kind, open_of_kind
from edge.shop.alerts.rules import SAID, rank
from edge.web.live.fragments import FACTS, TICK, Fragment, FragmentSource, Values

SHOWN = 3
"""The gravest; of the rest their number is said."""


class CounterAlert(msgspec.Struct, frozen=True):
    """One of these: `title` and `advice` by language."""

    alert: Alert
    currency: str

    def title(self, language: str) -> str:
        return title(language, self.alert.kind, self.alert.values, self.currency)

    def advice(self, language: str) -> str:
        return advice(language, self.alert.kind, self.alert.values, self.currency)


def _values(views: FragmentSource, register: str) -> Values:
    db, user = views.shop.reader, views.sessions.user(register)
    found: list[Alert] = []
    count = 0
    for kind, watch in views.shop.registry.watches.items():
        if watch.at_till:
            gravest, many = grave_of_kind(db, kind, watch.at_till, SHOWN)
            found, count = found + gravest, count + many
    said = [alert for alert in open_of_kind(db, SAID) if user and _is_for(db, alert, user)]
    found = sorted(found + said, key=lambda one: (-rank(one.severity), -one.id))
    shown = [CounterAlert(one, views.settings().currency) for one in found[:SHOWN]]
    return {"shown": shown, "more": count + len(said) - len(shown)}


def _is_for(db: Connection, alert: Alert, user: str) -> bool:
    role = role_of(db, user)
    return user in alert.people or (role is not None and role.id in alert.roles)


FRAGMENTS = (Fragment("counter_alerts", _values, follows=(FACTS, TICK)),)
