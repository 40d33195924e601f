"""Prices that would earn more, learnt from the shop's own days; none holds before somebody says yes. See README.md."""

from edge.analytics.pricing import commands, handlers
from edge.analytics.pricing.events import EVENTS
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
    """The model of prices; `held`: categories whose prices the law or the shop holds. `bounds`: when rivals are told
    of."""
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
    )
