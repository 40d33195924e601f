"""What can have happened to paper that the audit should know."""

from __future__ import annotations

from edge.core.shapes import Event, Upcaster


class PrintConfirmed(Event, frozen=True):
    """Somebody said that a paper of which the printer left it open has come out well."""

    job: int
    kind: str
    receipt: int | None


class PrintCopied(Event, frozen=True):
    """A paper that is no receipt was printed again, as copy number `copy`."""

    job: int
    kind: str
    copy: int


EVENTS: tuple[type[Event], ...] = (PrintConfirmed, PrintCopied)
UPCASTERS: tuple[Upcaster, ...] = ()
