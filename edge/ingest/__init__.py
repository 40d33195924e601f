"""Files into the catalogue. See README.md."""

from edge.access.rights import MANAGE
from edge.columns.rows import ImportSettings
from edge.core.shapes import Capability, CommandSpec, JobKind
from edge.ingest.commands import ImportCatalog
from edge.ingest.handlers import IMPORT_JOB, import_catalog
from edge.ingest.importing import import_chunks


def capability(settings: ImportSettings) -> Capability:
    """The import of a store with these settings."""
    return Capability(
        name="ingest",
        commands=(CommandSpec(ImportCatalog, import_catalog, right=MANAGE),),
        jobs=(JobKind(IMPORT_JOB, import_chunks(settings)),),
    )
