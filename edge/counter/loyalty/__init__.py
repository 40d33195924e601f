"""What regular customers earn and get for it. See README.md."""

from functools import partial

from edge.core.messages import Command
from edge.core.registry import Capability, CommandSpec, OnlyWhere, QuerySpec
from edge.core.surfaces import MACHINE, STAFF, TILL
from edge.shop.access.rights import CUSTOMERS_READ, CUSTOMERS_WRITE, MANAGE, SELL
from edge.shop.coupons.commands import UseCoupon
from edge.shop.loyalty.commands import AdjustPoints, EndIdlePoints, UseReward
from edge.shop.loyalty.entities import REWARDS, RULES, TIERS
from edge.shop.loyalty.events import EVENTS
from edge.shop.loyalty.handlers import adjust_points, after_paper, before_coupon, before_print, use_reward
from edge.shop.loyalty.idle import end_idle_points, part
from edge.shop.loyalty.project import projector
from edge.shop.loyalty.queries import USED, kept_of, loyalty_moves, loyalty_totals, membership
from edge.shop.loyalty.settings import LoyaltySettings, live
from edge.shop.loyalty.settings import settings_of as settings_of
from edge.shop.loyalty.shared_members import forget_member as forget_member
from edge.shop.loyalty.watches import WATCHES
from edge.shop.printing.commands import QueuePrint
from edge.shop.till import commands as till

PAPERS_MADE: tuple[type[Command], ...] = (
    till.Pay,
    till.SellPriced,
    till.SellBasket,
    till.VoidLastSale,
    till.RefundSale,
)
"""The till's commands that make papers by which somebody may earn, or lose what they earned."""


def capability(settings: LoyaltySettings) -> Capability:
    """Loyalty in a store with these settings, or with what was said of them since."""
    now = live(settings)
    return Capability(
        name="loyalty",
        commands=(
            *RULES.commands(),
            *REWARDS.commands(),
            *TIERS.commands(),
            CommandSpec(UseReward, partial(use_reward, now), right=SELL, local=True, surfaces=TILL),
            CommandSpec(EndIdlePoints, partial(end_idle_points, now), right=MANAGE, surfaces=MACHINE),
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
        kept_of=kept_of,
        parts=(part(now),),
        watches=WATCHES,
    )
