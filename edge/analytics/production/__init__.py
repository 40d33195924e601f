"""Bills of materials and work orders. See README.md."""

from functools import partial

from edge.analytics.production import commands, queries, work_orders
from edge.analytics.production.checks import production_stock_check
from edge.analytics.production.component_orders import buy_components, components_to_buy
from edge.analytics.production.day_plan import plan_day, production_plan
from edge.analytics.production.entities import BOMS
from edge.analytics.production.events import EVENTS, UPCASTERS
from edge.analytics.production.figures import FIGURES
from edge.analytics.production.lots import print_work_label, production_lot, recall_made
from edge.analytics.production.making import Maker
from edge.analytics.production.products import components_of as components_of
from edge.analytics.production.project import projector
from edge.analytics.production.recipes import recipe_costs
from edge.analytics.production.settings import ProductionSettings
from edge.analytics.production.settings import settings_of as settings_of
from edge.analytics.production.taking_apart import take_apart
from edge.analytics.production.undoing import undo_report
from edge.analytics.production.watches import WATCHES
from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, MANAGE, PRODUCTION, SELL, STOCK
from edge.goods.stock.commands import RecordMovement


def capability(settings: ProductionSettings) -> Capability:
    """The production capability of a shop that uses it. The right `stock` lets users produce; costs are visible to
    managers."""
    maker = Maker(settings)
    manages = partial(CommandSpec, right=MANAGE, also=PRODUCTION, surfaces=STAFF)
    makes = partial(manages, also=STOCK, ask_first=True)
    reads = partial(QuerySpec, right=MANAGE, also=PRODUCTION, surfaces=STAFF)
    return Capability(
        name="production",
        commands=(
            *BOMS.commands(),
            manages(commands.PlanWork, work_orders.plan_work),
            manages(commands.PlanDay, plan_day),
            makes(commands.StartWork, maker.start),
            makes(commands.ReportWork, maker.report),
            manages(commands.PrintWorkLabel, print_work_label, also=STOCK),
            manages(commands.UndoReport, undo_report, ask_first=True),
            manages(commands.TakeApart, take_apart, ask_first=True),
            manages(commands.CancelWork, work_orders.cancel_work, ask_first=True),
            manages(commands.BuyComponents, buy_components),
            manages(commands.RecallMade, recall_made, ask_first=True),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        watches=WATCHES,
        mended_at="/manager/production",
        figures=FIGURES,
        projectors=(projector,),
        queries=(
            reads("boms", queries.read_boms),
            reads("work_orders", queries.read_works),
            reads("work_order", queries.read_work),
            reads(
                "production_status",
                queries.production_status,
                http=(HttpAddress("GET", "production/status", name="production_status"),),
            ),
            QuerySpec("product_allergens", queries.product_allergens, right=SELL, also=BASKET, surfaces=EVERYBODY),
            reads("production_needs", queries.production_needs),
            reads("production_can_make", queries.production_can_make, also=STOCK),
            reads("production_plan", production_plan),
            reads("production_lot", production_lot),
            reads("recipe_costs", recipe_costs),
            reads("components_to_buy", components_to_buy),
            reads("production_stock_check", production_stock_check),
        ),
        after={RecordMovement: work_orders.behind_movement},
    )
