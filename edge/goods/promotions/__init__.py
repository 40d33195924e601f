"""Promotions: discounts by goods, time and customer. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, CATALOG, MANAGE, SELL
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.events import EVENTS
from edge.goods.promotions.handlers import end_promotion, set_promotion
from edge.goods.promotions.project import projector
from edge.goods.promotions.queries import categories_in_promotions as categories_in_promotions
from edge.goods.promotions.queries import read_promotion, read_promotions

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
