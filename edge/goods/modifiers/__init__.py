"""What is asked of a product beside itself. See README.md."""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.shop.access.rights import BASKET, SELL
from edge.shop.modifiers.entities import GROUPS
from edge.shop.modifiers.events import EVENTS
from edge.shop.modifiers.project import projector
from edge.shop.modifiers.queries import categories_asked as categories_asked
from edge.shop.modifiers.queries import modifier_groups, read_groups

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
