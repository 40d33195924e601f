"""Loyalty points, tiers and rewards. See README.md."""

from functools import partial

from edge.core.messages import Command
from edge.core.registry import Capability, CommandSpec, OnlyWhere, QuerySpec
from edge.core.surfaces import INSIDE, MACHINE, STAFF, TILL
from edge.counter.loyalty.commands import AdjustPoints, EndIdlePoints, ImportPoints, UseReward
from edge.counter.loyalty.entities import REWARDS, RULES, TIERS
from edge.counter.loyalty.events import EVENTS
from edge.counter.loyalty.figures import FIGURES
from edge.counter.loyalty.handlers import (
    adjust_points,
    after_paper,
    before_coupon,
    before_print,
    import_points,
    use_reward,
)
from edge.counter.loyalty.idle import end_idle_points, part
from edge.counter.loyalty.project import projector
from edge.counter.loyalty.queries import USED, loyalty_moves, loyalty_totals, membership, personal_data_of
from edge.counter.loyalty.settings import LoyaltySettings, live
from edge.counter.loyalty.settings import settings_of as settings_of
from edge.counter.loyalty.shared_members import forget_member as forget_member
from edge.counter.loyalty.watches import WATCHES
from edge.counter.till import commands as till
from edge.foundation.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE, SELL
from edge.foundation.printing.commands import QueuePrint
from edge.people.coupons.commands import UseCoupon

PAPERS_MADE: tuple[type[Command], ...] = (
    till.Pay,
    till.SellPriced,
    till.SellBasket,
    till.VoidLastSale,
    till.RefundSale,
)
"""Till commands whose papers can earn points or reverse them."""


def capability(settings: LoyaltySettings) -> Capability:
    """Loyalty capability with these settings, or their live values."""
    now = live(settings)
    return Capability(
        name="loyalty",
        commands=(
            *RULES.commands(),
            *REWARDS.commands(),
            *TIERS.commands(),
            CommandSpec(UseReward, partial(use_reward, now), right=SELL, local=True, surfaces=TILL),
            CommandSpec(EndIdlePoints, partial(end_idle_points, now), right=MANAGE, surfaces=MACHINE),
            CommandSpec(ImportPoints, import_points, right=MANAGE, also=CUSTOMERS_WRITE, surfaces=INSIDE),
            CommandSpec(AdjustPoints, adjust_points, right=MANAGE, also=CUSTOMERS_WRITE, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("membership", membership, right=SELL, surfaces=STAFF),
            QuerySpec("loyalty_moves", loyalty_moves, right=CUSTOMERS_READ, surfaces=STAFF),
            QuerySpec("loyalty_totals", loyalty_totals, right=MANAGE, surfaces=STAFF),
        ),
        before={UseCoupon: before_coupon, QueuePrint: OnlyWhere(USED, partial(before_print, now))},
        after=dict.fromkeys(PAPERS_MADE, OnlyWhere(USED, after_paper)),
        personal_data_of=personal_data_of,
        parts=(part(now),),
        watches=WATCHES,
        mended_at="/manager/loyalty",
        figures=FIGURES,
    )
