"""What comes off the price, of what, when, and for whom. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.shop.access.rights import BASKET, CATALOG, MANAGE, SELL
from edge.shop.promotions.commands import EndPromotion, SetPromotion
from edge.shop.promotions.events import EVENTS
from edge.shop.promotions.handlers import end_promotion, set_promotion
from edge.shop.promotions.project import projector
from edge.shop.promotions.queries import categories_in_promotions as categories_in_promotions
from edge.shop.promotions.queries import read_promotion, read_promotions

capability = Capability(
    name="promotions",
    commands=(
        CommandSpec(SetPromotion, set_promotion, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
        CommandSpec(EndPromotion, end_promotion, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("promotion", read_promotion, right=SELL, also=BASKET, surfaces=EVERYBODY),
        QuerySpec("promotions", read_promotions, right=SELL, also=BASKET, surfaces=EVERYBODY),
    ),
)
