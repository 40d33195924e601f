"""Master data maintained by managers, here and at head office.

Records that a manager sets as a whole, by a key, are declared once as an `Entity` (`edge/core/entity.py`) in the
`entities.py` of their folder, and found there by name. This capability adds what all of them share:

- Export and import as a table. Columns are fields; fields missing from a file stay unchanged. All rows are checked
  first, and all faults are reported with line and field. Then every row goes through the command of its entity, with
  all its checks, in one commit. Rows missing from a file aren't ended.
- At most 500 rows per table: a commit blocks the writer, and a till waits for it (500 suppliers with contacts: 70 to
  90 ms).
- No personal data is exported, as it can't be erased from a file. Entities set together with a secret (webhooks), or
  that ask for the PIN each time (roles), have no table.
- Head office has one row per record and store, `master_data`, without personal data. Entities that it reads by column
  have a separate table in their capability: suppliers, places, levels.

On a page: `{{ table_of("supplier") }}` of `entity_form.html`.
"""

from functools import partial

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import MANAGE
from edge.foundation.master_data.commands import SetRows
from edge.foundation.master_data.entities import found_entities
from edge.foundation.master_data.handlers import set_rows


def capability() -> Capability:
    """Capability for all declared master data tables."""
    by_table = {one.table: one for one in found_entities()}
    return Capability(
        name="master_data",
        commands=(CommandSpec(SetRows, partial(set_rows, by_table), right=MANAGE, ask_first=True, surfaces=INSIDE),),
    )
