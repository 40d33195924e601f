"""What is asked of a product beside itself. See README.md."""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, SELL
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.events import EVENTS
from edge.goods.modifiers.project import projector
from edge.goods.modifiers.queries import categories_asked as categories_asked
from edge.goods.modifiers.queries import modifier_groups, read_groups

capability = Capability(
    name="modifiers",
    commands=GROUPS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("all_modifier_groups", read_groups, right=SELL, surfaces=STAFF),
        QuerySpec("modifier_groups", modifier_groups, right=SELL, also=BASKET, surfaces=EVERYBODY),
    ),
)
