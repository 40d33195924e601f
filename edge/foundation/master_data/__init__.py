"""Master data maintained by managers, here and at head office.

What a manager sets as a whole, by a key, is declared once as an `Entity` (`edge/core/entity.py`) in the
`entities.py` of its folder, and found there by name. Here is what all of it has without a word of its own:

- A table out and in. Columns are fields; what a file does not say stays as it is. Each row is looked at before
  any is taken: all faults are told, each with its line and field; then every row goes through the command of its
  thing, with all its checks, in one commit. What a row lacks ends nothing.
- At most 500 rows a table: a commit is one turn of the writer, for which a till waits (500 suppliers with
  contacts: 70 to 90 ms).
- Nothing of people goes out: a file can't be forgotten. What is set together with a secret (webhooks), or asks
  for the PIN each time (roles), is no table.
- Head office has one row a thing and store, `master_data`, with all but what is said of people. What it reads by
  columns has a table of its own beside its capability: suppliers, places, levels.

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
