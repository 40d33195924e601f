"""Data quality, and changes that need approval.

- Held rows: a row that fails the gate of a published catalogue (`gate` says why), or whose price differs from the
  shop's by more than its category allows (`price_jump_percent`, also inherited; else `[catalog]
  price_jump_percent`), waits for approval (`HoldProducts` -> `ProductHeld`). `ReleaseHeld` accepts it as the source's
  value, `DropHeld` rejects it; a rejection applies to that price from that source. `HoldAgain` undoes either. A later
  value from the same source within the limit replaces it.
- Possible duplicates: a new row with the brand, name and size of a product that its source has never mentioned waits
  as `same_product`. `ReleaseHeld` merges it into that product; `DropHeld` makes it a separate one. The decision is
  stored (`SamenessSaid`) and not asked again. Revoking a merge creates a product with the row's own number, and later
  rows belong to it.
- Findings (`checks.py`): possible errors by kind, with counts and examples. Rules are data: `rules.toml` (SQL on a
  product), names missing in the store's language, and the categories' requirements for attributes: required, unit,
  range, choices; cannabis without a THC figure.
- Dried equivalents (`dried_equivalents.py`): cannabis without a dried-cannabis equivalent can't be sold. An amount is
  proposed from its category's class, local law and its weight; approval makes it the manager's value.
- Freshness: how many products each source covers, its last change, and when it was last read.

`/quality` (`pages/`) shows rows that wait for approval, updated live, and findings on request.

Invariants: nothing is corrected automatically; every approval and rejection is in the journal, with the user.

To add a check: a rule in `rules.toml`, its key in `edge/lib/i18n`, section `quality`.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.quality.commands import DropHeld, HoldAgain, HoldProducts, NoteSource, ReleaseHeld, WithdrawHeld
from edge.goods.quality.events import EVENTS
from edge.goods.quality.handlers import drop_held, hold_again, hold_products, note_source, release_held, withdraw_held
from edge.goods.quality.project import projector
from edge.goods.quality.queries import count_held, held_products, source_freshness
from edge.goods.quality.watches import WATCHES

capability = Capability(
    name="quality",
    commands=(
        CommandSpec(HoldProducts, hold_products, right=MANAGE, surfaces=MACHINE, also=CATALOG),
        CommandSpec(ReleaseHeld, release_held, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        CommandSpec(DropHeld, drop_held, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        CommandSpec(HoldAgain, hold_again, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        CommandSpec(WithdrawHeld, withdraw_held, right=MANAGE, surfaces=MACHINE, also=CATALOG),
        CommandSpec(NoteSource, note_source, right=MANAGE, surfaces=MACHINE, also=CATALOG),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("held_products", held_products, right=MANAGE, also=CATALOG, surfaces=STAFF),
        QuerySpec("held_count", count_held, right=MANAGE, also=CATALOG, surfaces=STAFF),
        QuerySpec("source_freshness", source_freshness, right=MANAGE, also=CATALOG, surfaces=STAFF),
    ),
    watches=WATCHES,
    mended_at="/quality",
)
