"""What can be asked of the import."""

from __future__ import annotations

from edge.core.shapes import Command


class ImportCatalog(Command, frozen=True):
    """Take a catalogue file on the appliance's disk into the shop, as a job; the result is the job's number.

    `mapping` says which column is what (README.md); without one it is guessed from the header.
    """

    path: str
    mapping: str | None = None
