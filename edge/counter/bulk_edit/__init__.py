"""Many products changed at once, previewed and undone.

Changes category, tax class, price (percent, amount, fixed), minimum age, availability or a quick key of many products
(`EditProducts`). The manager's page `/manager/bulk-edit` selects them by filter or one by one, shows each change
before it is made, old next to new, and lists the products left out with the reason.

- `rules.py` computes the change of one product, or why it isn't possible; `look.py` applies that to many, and serves
  the page's preview, the dry run and the job, so that the result is what was shown.
- It is one job that uses the catalogue's commands with the source `manager`. It is undone like an import
  (`ingest/take_back.py`), its keys by `keys.py`. Keys are added to the current ones when their turn comes, so that
  later rearrangements aren't lost.
- Products changed after the journal's row `seen` are left alone: a percentage is never applied twice, nor to a price
  that the manager hasn't seen.
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
