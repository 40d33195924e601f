"""Alerts: problems that a person must handle, with their start and the user handling them. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.alerts import commands, events, handlers
from edge.foundation.alerts.gauges import GAUGES
from edge.foundation.alerts.handlers import forget_holder
from edge.foundation.alerts.project import projector
from edge.foundation.alerts.queries import read_alert, read_alerts

__all__ = ["capability", "forget_holder"]

capability = Capability(
    name="alerts",
    commands=(
        CommandSpec(commands.RaiseAlert, handlers.raise_alert, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.ResolveAlert, handlers.resolve_alert, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.LapseAcknowledgement, handlers.lapse_acknowledgement, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.SendAlert, handlers.send_alert, right=MANAGE, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.AcknowledgeAlert, handlers.acknowledge_alert, right=MANAGE, also=REPORTS, surfaces=STAFF),
        CommandSpec(
            commands.UnacknowledgeAlert, handlers.unacknowledge_alert, right=MANAGE, also=REPORTS, surfaces=STAFF
        ),
        CommandSpec(commands.CloseAlert, handlers.close_alert, right=MANAGE, surfaces=STAFF),
    ),
    events=events.EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("alerts", read_alerts, right=MANAGE, also=REPORTS, surfaces=STAFF),
        QuerySpec("alert", read_alert, right=MANAGE, also=REPORTS, surfaces=STAFF),
    ),
    gauges=GAUGES,
)
