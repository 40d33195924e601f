"""Alert delivery by channels other than the page: gaps for severe alerts, and kinds that reach no one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from edge.analytics.notify.audience import Recipient, in_asking_order
from edge.core.registry import Severity


class Reach(msgspec.Struct, frozen=True):
    """The people that alerts reach.

    `critical`: recipients of critical alerts by choice; `instead`: the fallback if there are none; `high`: whether
    anyone gets high alerts; `unheard`: kinds of high severity that reach no one, although other high alerts do.
    """

    critical: tuple[str, ...] = ()
    instead: str = ""
    high: bool = False
    unheard: tuple[str, ...] = ()

    @property
    def gap(self) -> str:
        """The worst gap, as a key of `notify.reach_...`; "" if none."""
        if not self.critical:
            return "instead" if self.instead else "nobody"
        return "" if self.high else "not_high"


def reach(people: Sequence[Recipient], usable: frozenset[str], kinds: Mapping[str, Severity]) -> Reach:
    """The reach over all possible recipients today and the shop's channels; `kinds` with their usual severity."""
    here = [one for one in in_asking_order(people) if one.manages and not one.away]

    def recipients_for(severity: Severity, kind: str = "") -> Iterable[Recipient]:
        return (
            one
            for one in here
            if one.prefs.wants(severity, kind) and one.channels(usable, kind=kind, severity=severity)
        )

    critical = tuple(one.id for one in recipients_for("critical"))
    instead = next((one.id for one in here if one.channels(usable, True)), "")
    high = any(recipients_for("high"))
    unheard = (
        kind
        for kind, severity in sorted(kinds.items())
        if severity == "high" and high and not any(recipients_for("high", kind))
    )
    return Reach(critical, "" if critical else instead, high, tuple(unheard))
