"""Commands of privacy."""

from __future__ import annotations

from edge.core.messages import Command


class EndUntouched(Command, frozen=True):
    """Announce deletion to customers inactive for the set time, and erase those who were notified 30 days ago and
    stayed inactive. Run by the box at night; returns the numbers of both."""
