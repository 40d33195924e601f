"""Figures: how the shop is doing, and what was out of the ordinary. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import MANAGE, REPORTS
from edge.shop.insight import commands, events, handlers
from edge.shop.insight.kpis import read_key_figures
from edge.shop.insight.parts import PARTS
from edge.shop.insight.project import figures, judgements, reports_made
from edge.shop.insight.usage import read_predictions
from edge.shop.insight.watches import WATCHES

capability = Capability(
    name="insight",
    commands=(
        CommandSpec(commands.JudgeAnomaly, handlers.judge, right=MANAGE, surfaces=STAFF),
        CommandSpec(commands.KeepReport, handlers.keep_report, right=MANAGE, surfaces=MACHINE),
    ),
    events=events.EVENTS,
    projectors=(figures, judgements, reports_made),
    queries=(
        QuerySpec("use_predictions", read_predictions, right=MANAGE, also=REPORTS, surfaces=STAFF),
        QuerySpec("key_figures", read_key_figures, right=MANAGE, also=REPORTS, surfaces=STAFF),
    ),
    watches=WATCHES,
    parts=PARTS,
)
