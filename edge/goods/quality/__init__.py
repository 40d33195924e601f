"""Whether the catalogue can be trusted. See README.md."""

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
