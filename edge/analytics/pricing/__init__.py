"""Prices that would earn more, learnt from the shop's own days; none holds before somebody says yes. See README.md."""

from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import CATALOG, MANAGE
from edge.shop.pricing import commands, handlers
from edge.shop.pricing.events import EVENTS
from edge.shop.pricing.jobs import prices_chunks
from edge.shop.pricing.project import projector
from edge.shop.pricing.queries import competitor_prices, price_models, proposed_prices, rival_prices
from edge.shop.pricing.rivals import note_rival
from edge.shop.pricing.settings import PriceBounds
from edge.shop.pricing.settings import live_bounds as live_bounds
from edge.shop.pricing.watches import WATCHES, dearer_watch
from edge.shop.pricing.weekly_prices import PARTS
from edge.shop.settings.queries import LiveSettings


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
