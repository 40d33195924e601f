"""What can be asked of the paper."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.shapes import Command, Number
from edge.paper.document import Document


class QueuePrint(Command, frozen=True):
    """Print `document` at the register it comes from. `expires_ms`: worthless after that (a drawer kick)."""

    kind: str
    document: Document
    expires_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] | None = None


class SettlePrint(Command, frozen=True):
    """Say what became of a print job. Only the part that drives the printer does."""

    job: Number
    state: Literal["sent", "failed"]
    problem: str = ""
