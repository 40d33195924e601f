"""Data quality, and changes that need approval.

- Held: what fails the gate of a published catalogue (`gate` says why); and a row of a file whose price is further
  from the shop's than its category lets pass (`price_jump_percent`, also of one above it; else `[catalog]
  price_jump_percent`) waits for a yes (`HoldProducts` -> `ProductHeld`). `ReleaseHeld` takes it as the source's
  word, `DropHeld` leaves it; a no holds for that price of that source. What the same source says later and is not
  far off takes its place.
- The same product? A new row that is called as a product of which its source never spoke, with the same brand,
  name and size, waits as `same_product`. A yes (`ReleaseHeld`) makes it a word on that product; a no (`DropHeld`)
  takes it as one of its own. Either is kept (`SamenessSaid`) and not asked again. Who took a yes back makes a
  product of the row's own number: from then on it is of that.
- Findings (`checks.py`): what looks wrong, by kind, with counts and examples. Rules are data: `rules.toml` (SQL
  on a product), what has no name in the language of the store, and what categories ask of their attributes:
  required, unit, range, choices.
- Dried equivalents (`dried_equivalents.py`): cannabis of which nobody said as how much dried cannabis it counts can't
  be sold. From the class of its category, by the law of the place, and what it weighs an amount is proposed; a yes
  makes it the manager's word.
- Freshness: of how many products each source speaks, when it last said something new, when it was last read.

`/quality` (`pages/`) is what waits for a yes, pushed as it changes, and what looks wrong when somebody asks.

Invariants: nothing is mended by itself; every yes and no is in the journal, with who said it.

One more check: a rule in `rules.toml`, its key in `edge/lib/i18n`, section `quality`.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.quality.commands import DropHeld, HoldProducts, NoteSource, ReleaseHeld, WithdrawHeld
from edge.goods.quality.events import EVENTS
from edge.goods.quality.handlers import drop_held, hold_products, note_source, release_held, withdraw_held
from edge.goods.quality.project import projector
from edge.goods.quality.queries import count_held, held_products, source_freshness
from edge.goods.quality.watches import WATCHES

capability = Capability(
    name="quality",
    commands=(
        CommandSpec(HoldProducts, hold_products, right=MANAGE, surfaces=MACHINE, also=CATALOG),
        CommandSpec(ReleaseHeld, release_held, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        CommandSpec(DropHeld, drop_held, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
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
)
