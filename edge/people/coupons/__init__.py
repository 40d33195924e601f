"""Single-use coupons. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.settings.queries import LiveSettings
from edge.people.coupons import commands
from edge.people.coupons.events import EVENTS
from edge.people.coupons.handlers import (
    CouponPapers,
    UsesElsewhere,
    end_coupons,
    free_coupon,
    make_coupons,
    take_coupon_key,
    use_coupon,
)
from edge.people.coupons.project import projector
from edge.people.coupons.queries import read_coupon_key, read_series
from edge.people.coupons.settings import CouponSettings
from edge.people.coupons.settings import settings_of as settings_of
from edge.people.coupons.watches import WATCHES


def capability(settings: CouponSettings) -> Capability:
    """The coupons of a store with these settings, in the language that its papers have."""
    papers = CouponPapers(LiveSettings(settings, "store.header", "store.language"))
    return Capability(
        name="coupons",
        commands=(
            CommandSpec(commands.MakeCoupons, make_coupons, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.EndCoupons, end_coupons, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.PrintCoupons, papers.print_coupons, right=MANAGE, ask_first=True, surfaces=NAMED_TILL),
            CommandSpec(
                commands.TakeCouponKey,
                take_coupon_key,
                right=MANAGE,
                reauthenticate=True,
                ask_first=True,
                surfaces=STAFF,
            ),
            CommandSpec(commands.UseCoupon, use_coupon, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.FreeCoupon, free_coupon, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NoteCouponUse, UsesElsewhere(settings.store).note, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("coupon_series", read_series, right=MANAGE, surfaces=STAFF),
            QuerySpec("coupon_key", read_coupon_key, right=MANAGE, surfaces=MACHINE),
        ),
        watches=WATCHES,
    )
