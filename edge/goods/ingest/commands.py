"""What can be asked of the import."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.product import Word

MAPPING_CHARS = 64 * 1024
UPLOADS = "imports"
"""Below the data folder: what was brought with a browser."""


class ImportCatalog(Command, frozen=True):
    """Take a catalogue file on the appliance's disk into the shop, as a job; the result is the job's number.

    `mapping` (TOML, README.md) says which column is what; without one it is guessed from the header. `source`: whose
    word it is, or else what the mapping or the file's name says. `dry_run`: only say what would happen.
    `retire_missing`: give up products that only this source spoke of and that are not in the file any more, unless
    they are more than `retire_percent` of its products: then the job fails. `digest`: SHA-256 of the file as it came;
    one that reads otherwise is not taken ("": nobody noted it). `propose_retired`: what a row says is no longer sold
    waits for a yes, and nothing else of such a row is taken.
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
    """Put back what an import changed, as a job; the result is the job's number.

    What was changed since by somebody else is left as it is, and stands in the job's report. Products that were new
    are given up; new categories go where nothing else uses them, and what waits for a yes waits no more. `dry_run`:
    only say what would happen.
    """

    job: Number
    dry_run: bool = False
