"""Single-use coupons, signed by the shop.

A manager creates a series (a percentage or an amount, two dates of validity, and a number of codes), and prints it or
exports it as CSV. Each code is valid for one sale. It is scanned at the till like a product, applies after all other
discounts, and takes off at most the remaining amount.

A code contains its value, its last days, its series and number, and a signature with the shop's own key (`code.py`). So
another box of the shop that has the key (`TakeCouponKey`) but doesn't know the series yet can accept it offline, and
codes can't be forged. Shops share a key by the sealed directive `coupon_key`, or without a head office by hand on
`/manager/coupons`, as read in the shell of its own machine (the query `coupon_key`, with `panel.token`). No page or
program shows it, because anyone with it could create coupons that every shop accepts. A series made with another key
stays valid where it was made, but can no longer be printed. The key and the codes are in no journal: a coupon's id is
a digest of its code. Codes are computed from series and key whenever they are printed. An amount is signed together
with the store's currency: shops of another currency that share the key don't accept it.

A coupon is used when its sale completes (`UseCoupon`, within the till's own command, which checks again), and only a
void releases it. For an order it is used when the order is placed, and released if the order is cancelled before any
handover; actions on its sale don't release it. Head office passes uses and releases on to the other boxes by the
directive `coupon_uses` as soon as it knows (`NoteCouponUse`; `edge/app/head_office/hub_relay.py`); a store or box that
joins later receives all of them. If a coupon was used twice, both sales stay, and the alert `coupon_twice` tells the
manager which ones.

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
    Coupons,
    UsesElsewhere,
    end_coupons,
    free_coupon,
    reopen_coupons,
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
    made = Coupons(LiveSettings(settings, "store.header", "store.language"))
    return Capability(
        name="coupons",
        commands=(
            CommandSpec(commands.MakeCoupons, made.make_coupons, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.EndCoupons, end_coupons, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.ReopenCoupons, reopen_coupons, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.PrintCoupons, made.print_coupons, right=MANAGE, ask_first=True, surfaces=NAMED_TILL),
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
        mended_at="/manager/coupons",
        figures=FIGURES,
    )
