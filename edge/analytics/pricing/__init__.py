"""Price suggestions to approve.

They're learnt from the shop's sales at different prices. No price changes automatically: each needs approval, which is
a `SetPrice` with source `model VERSION`.

- A week at another price sells `sold * (then / now) ** -strength`. Strengths are by category if its prices changed
  enough, otherwise that of all categories (as in forecasts, `../forecast/learning/price_effects.py`).
- A model is tested on the last four weeks, which aren't used for training: `right` is 1 - WAPE of each product's
  sales. It is used (`deployed`) only above 0.80, and only if it beats the one in use on the same weeks; otherwise
  that one stays (`kept`). The comparison favours the one in use, which was trained on some of these weeks. If neither
  is above 0.80, or too little is known, nothing is suggested, and earlier suggestions are withdrawn. Fewer than 500
  sales, 84 days, or 50 days of products at a changed price: `not_enough`.
- A suggestion is within 15 % of today's price, keeps its ending, is never below cost without tax, never above the
  median of competitors' prices nor below the lowest. Products that would be left over at their expiry date are reduced
  by the smallest amount that sells them. Only products that sell on most days; no bundles.
- No suggestion if head office set the price, if the law or the shop fixes it (`till.undiscounted`), if it changed in
  the last 28 days or will change, or if a suggestion was rejected within 90 days. Approval checks this again, as well
  as today's price and cost (`priceable_products.py`); a suggestion is valid for ten days. A rejection or a new price
  during training counts (`handlers.finish`).
- Competitors (`rivals.py`, `/manager/rivals`): connectors of type Rival (`../feeds`) and people enter their prices. The
  journal gets a row only when price or stock changes; confirmations are stored separately (`rival_seen`). Not seen for
  half an hour: "as of". A product more than 5 % above the lowest available competitor is an alert. It changes no
  price.
- A model is an event (`PriceModelTrained`, with a checksum of its training data), so a restored shop has the same.
  `RevertPriceModel` goes back one step; the later model's suggestions are withdrawn, and not made again from the same
  days.
"""

from edge.analytics.pricing import commands, handlers
from edge.analytics.pricing.events import EVENTS
from edge.analytics.pricing.figures import FIGURES
from edge.analytics.pricing.jobs import prices_chunks
from edge.analytics.pricing.project import projector
from edge.analytics.pricing.queries import competitor_prices, price_models, proposed_prices, rival_prices
from edge.analytics.pricing.rivals import note_rival
from edge.analytics.pricing.settings import PriceBounds
from edge.analytics.pricing.settings import live_bounds as live_bounds
from edge.analytics.pricing.watches import WATCHES, dearer_watch
from edge.analytics.pricing.weekly_prices import PARTS
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.foundation.settings.queries import LiveSettings


def capability(held: handlers.HeldCategories, bounds: LiveSettings[PriceBounds]) -> Capability:
    """The pricing capability.

    `held`: categories with prices fixed by law or by the shop; `bounds`: limits for alerts about competitors' prices.
    """
    return Capability(
        name="pricing",
        commands=(
            CommandSpec(commands.TrainPrices, handlers.train, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.FinishPrices, handlers.finish, right=MANAGE, surfaces=MACHINE),
            CommandSpec(
                commands.TakeProposedPrices,
                handlers.take(held),
                right=MANAGE,
                ask_first=True,
                also=CATALOG,
                surfaces=STAFF,
            ),
            CommandSpec(commands.LeaveProposedPrices, handlers.leave, right=MANAGE, also=CATALOG, surfaces=STAFF),
            CommandSpec(commands.RevertPriceModel, handlers.revert, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(
                commands.NoteCompetitorPrice, handlers.note_competitor, right=MANAGE, also=CATALOG, surfaces=STAFF
            ),
            CommandSpec(commands.NoteRivalPrice, note_rival, right=MANAGE, also=CATALOG, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("price_models", price_models, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("proposed_prices", proposed_prices, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("rival_prices", rival_prices, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("competitor_prices", competitor_prices, right=MANAGE, also=CATALOG, surfaces=STAFF),
        ),
        jobs=(JobKind(handlers.PRICES_JOB, prices_chunks(held)),),
        watches=(dearer_watch(bounds), *WATCHES),
        mended_at="/manager/pricing",
        parts=PARTS,
        figures=FIGURES,
    )
