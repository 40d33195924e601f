"""Key figures and anomalies of the shop. See README.md."""

from edge.analytics.insight import commands, events, handlers
from edge.analytics.insight.kpis import read_key_figures
from edge.analytics.insight.parts import PARTS
from edge.analytics.insight.project import figures, judgements, reports_made
from edge.analytics.insight.usage import read_predictions
from edge.analytics.insight.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, REPORTS

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
    mended_at="/manager/insight",
    parts=PARTS,
)
