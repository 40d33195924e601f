"""Price suggestions to approve.

They're learnt from the shop's sales at different prices. No price changes automatically: each needs approval, which is
a `SetPrice` with source `model VERSION`.

- A week at another price sells `sold * (then / now)  -strength`; strengths by category, as far as its own prices
  moved, else that of all (as forecasts have it, `../forecast/learning/price_effects.py`).
- Tried on the last four weeks, which it was not made from: `right` is 1 - WAPE of what each product sold. It is
  put to use (`deployed`) above 0.80 alone, and where it is nearer than the one in use on the same weeks; else
  that stays (`kept`). They are not tried alike: the one in use was made from all days through its own, so from
  some of these weeks; a new one must beat that. Where neither is above 0.80, and where too little is known,
  nothing is proposed, and what was before is gone. Fewer than 500 sales, 84 days, or 50 days of products at a
  moved price: `not_enough`.
- A proposal is within 15 % of today's price, ends as that does, is never below cost without tax, never above the
  middle of what others ask nor below the lowest; goods that would be left over when they expire are to be cheaper
  by as little as lets them go. Products that sell on most days alone; none of a bundle.
- Never where head office said the price, where the law or the shop holds it (`till.undiscounted`), where it changed in
  the last 28 days or will, or where someone said no within 90 days. A confirmation looks at that once more, at whether
  today's price is still the same, and at today's cost (`priceable_products.py`); it is good for ten days. A no or a new
  price while a model is made counts (`handlers.finish`).
- Rivals (`rivals.py`, `/manager/rivals`): connectors of type Rival (`../feeds`) and people say what others ask. A
  row of the journal only where price or stock changed; that it is still so is kept beside (`rival_seen`). Not
  seen for half an hour: "as of". What costs more than 5 % above the lowest of those who may have it is told as an
  alert. No price changes by it.
- A model is a fact (`PriceModelTrained`, with the checksum of what it learnt): a restored shop has the same.
  `RevertPriceModel` is one step back; what the later one proposed is gone, and is not proposed again from the
  same days.
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
    """The pricing capability; `held`: categories with prices fixed by law or by the shop. `bounds`: when competitors'
    prices are alerted."""
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
        parts=PARTS,
        figures=FIGURES,
    )
