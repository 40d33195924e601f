"""What comes off the price, of what, when, and for whom. See README.md."""

from edge.access.rights import BASKET, CATALOG, MANAGE, SELL
from edge.core.shapes import Capability, CommandSpec, QuerySpec
from edge.promotions.commands import EndPromotion, SetPromotion
from edge.promotions.events import EVENTS, UPCASTERS
from edge.promotions.handlers import end_promotion, set_promotion
from edge.promotions.project import projector
from edge.promotions.queries import read_promotion, read_promotions

capability = Capability(
    name="promotions",
    commands=(
        CommandSpec(SetPromotion, set_promotion, right=MANAGE, ask_first=True, also=CATALOG),
        CommandSpec(EndPromotion, end_promotion, right=MANAGE, ask_first=True, also=CATALOG),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(
        QuerySpec("promotion", read_promotion, right=SELL, also=BASKET),
        QuerySpec("promotions", read_promotions, right=SELL, also=BASKET),
    ),
)
