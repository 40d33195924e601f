"""Import commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.product import Word

MAPPING_CHARS = 64 * 1024
UPLOADS = "imports"
"""Folder in the data folder for files uploaded with a browser."""


class ImportCatalog(Command, frozen=True):
    """Import a catalogue file from the appliance's disk, as a job; returns the job's number.

    `mapping` (TOML, README.md) assigns columns; by default they are guessed from the header. `source`: overrides the
    mapping's or file name's. `dry_run`: only report changes. `retire_missing`: retire products known only from this
    source and missing from the file, unless more than `retire_percent`, which fails the job. `digest`: SHA-256 of the
    received file, verified before reading ("": unknown). `propose_retired`: discontinuations need approval, and nothing
    else of such a row is applied.
    """

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$(?!\n)")]
    mapping: Annotated[str, msgspec.Meta(max_length=MAPPING_CHARS)] | None = None
    source: Word = ""
    dry_run: bool = False
    retire_missing: bool = False
    retire_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20
    propose_retired: bool = False
    digest: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""


class TakeBackImport(Command, frozen=True):
    """Undo an import, as a job; returns the job's number.

    Later changes by others are kept and reported. New products are retired; unused new categories are removed, and
    pending approvals cancelled. `dry_run`: only report.
    """

    job: Number
    dry_run: bool = False
