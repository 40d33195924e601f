"""Many products changed at once, previewed and undone.

Many products changed at once (`EditProducts`): category, tax class, price (percent, sum, set), minimum age, sold
or given up, a quick key. The manager's page `/manager/bulk-edit` chooses by filter or one by one, shows each
change before it is made, old beside new, and says who is left out and why.

- `rules.py` says what a change makes of one product, or why not; `look.py` asks that of many, and is the page's
  preview, the dry run and the job alike, so that what is done is what was shown.
- It is one job, in commands of the catalogue with the source `manager`; what it did is taken back as an import is
  (`ingest/take_back.py`), its keys by `keys.py`. Keys are added to those that the tills show when it comes to
  them, so that nothing that was arranged meanwhile is lost.
- Whoever was changed behind the journal's row `seen` is left alone: a percent is never taken twice, nor of a
  price that no one looked at.
"""

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
