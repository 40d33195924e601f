"""Events of trials."""

from __future__ import annotations

from typing import Literal

from edge.analytics.trials.trial import Trial
from edge.core.messages import Event

TrialEnd = Literal["finished", "stopped", "hurt", "changed", "gone"]
"""Reasons a trial ended: its last day passed, it was stopped, it cost more than its limit, its promotion or price was
changed by a person, or its products were discontinued.
"""


class TrialStarted(Event, frozen=True):
    """A trial was planned; its promotions or prices are set for its weeks."""

    trial: Trial


class TrialEnded(Event, frozen=True, omit_defaults=True):
    """A trial ended.

    `subject`: the product or promotion that ended it; `shortfall_minor`: earnings below expectation until then.
    """

    number: int
    why: TrialEnd
    subject: str = ""
    shortfall_minor: int = 0


EVENTS: tuple[type[Event], ...] = (TrialStarted, TrialEnded)
