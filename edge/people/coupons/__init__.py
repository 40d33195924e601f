"""Single-use coupons, signed by the shop.

Single-use coupons: a manager makes a series (a share or a sum off, from a day until another, so many), prints it
or takes it as CSV, and each code is good for one sale. It is scanned at the till like goods, comes behind all
other discounts, and takes off at most what is left.

A code has in it what it is worth, its last days, its series and number, and at its end a signature with the
shop's own key (`code.py`). So another box of the shop, which has the key (`TakeCouponKey`) but not heard of the
series yet, can take it offline; a code of no one can't be made up. Shops share a key by the sealed directive
`coupon_key`, or without a head office by hand, on `/manager/coupons`, as its own machine's shell reads it (the
query `coupon_key`, with `panel.token`): no page and no program is shown it, as whoever has it makes coupons that
every shop takes. A series that was made with another key stays good where it was made, and is printed no more.
The key and the codes are in no journal: a coupon's id is a digest of its code. Codes are made again from series
and key whenever they are printed.

A coupon is used when its sale is complete (`UseCoupon`, in the till's own command, which looks again), and free
again by a void alone; for an order it is used when that is placed, and free again when that is cancelled before
anything of it was handed over: nothing that is done with its sale frees it. What a box used, and what was freed,
head office tells the others by the directive `coupon_uses` as soon as it knows (`NoteCouponUse`;
`edge/app/head_office/hub_relay.py`); a store, or a box of one, that comes later hears of all of them. Where a coupon
then has two uses, both sales stay as they are, and the alert `coupon_twice` tells the manager which.

The page is `/manager/coupons`; at head office there are the tables `coupon_series` and `coupon_use`.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, NAMED_TILL, STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.settings.queries import LiveSettings
from edge.people.coupons import commands
from edge.people.coupons.events import EVENTS
from edge.people.coupons.figures import FIGURES
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
    """Coupon capability of a store with these settings, in the language of its receipts."""
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
        figures=FIGURES,
    )
