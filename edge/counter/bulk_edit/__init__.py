"""Many products changed at once. See README.md."""

from edge.core.registry import Capability, CommandSpec, JobKind
from edge.core.surfaces import STAFF
from edge.counter.bulk_edit.commands import EditProducts
from edge.counter.bulk_edit.handlers import EDIT_JOB, BulkEditHandlers
from edge.counter.bulk_edit.job import EditSettings, edit_chunks
from edge.counter.bulk_edit.keys import keys_taken_back
from edge.foundation.access.rights import CATALOG, MANAGE

__all__ = ("EDIT_JOB", "EditSettings", "capability", "keys_taken_back")


def capability(settings: EditSettings) -> Capability:
    """The bulk edit of a store with these settings."""
    edit = BulkEditHandlers(settings)
    return Capability(
        name="bulk_edit",
        commands=(
            CommandSpec(EditProducts, edit.edit_products, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        ),
        jobs=(JobKind(EDIT_JOB, edit_chunks(settings), taken_back=True),),
    )
