"""Import of files into the catalogue. See README.md."""

from collections.abc import Mapping
from functools import partial

from edge.core.registry import Capability, CommandSpec, JobKind
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.categories.queries import NamedElsewhere
from edge.goods.ingest.commands import ImportCatalog, TakeBackImport
from edge.goods.ingest.handlers import IMPORT_JOB, TAKE_BACK_JOB, import_catalog, take_back_import
from edge.goods.ingest.import_job import Opening, import_chunks, import_line, no_opening
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.take_back import TakeBackMore, take_back_chunks


def capability(
    settings: ImportSettings,
    named: NamedElsewhere = (),
    others: Mapping[str, TakeBackMore] | None = None,
    opening: Opening = no_opening,
) -> Capability:
    """Return the import capability with these settings.

    `named`: queries for categories that other capabilities refer to. `others`: effects, outside catalogue events, of
    additional kinds of jobs that can be undone. `opening`: books the initial stock of new products.
    """
    more = dict(others or {})
    take_back = partial(take_back_import, others=frozenset(more))
    return Capability(
        name="ingest",
        commands=(
            CommandSpec(ImportCatalog, import_catalog, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(TakeBackImport, take_back, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        ),
        jobs=(
            JobKind(IMPORT_JOB, import_chunks(settings, opening), taken_back=True, logged=import_line),
            JobKind(TAKE_BACK_JOB, take_back_chunks(named, more)),
        ),
    )
