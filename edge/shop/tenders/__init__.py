"""What a shop takes beside cash and cards. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.shop.access.rights import MANAGE, OVERRIDE, SELL, SETTINGS
from edge.shop.tenders.commands import EndTender, SetRate, SetTender
from edge.shop.tenders.events import EVENTS, UPCASTERS
from edge.shop.tenders.handlers import end_tender, set_rate, set_tender
from edge.shop.tenders.project import projector
from edge.shop.tenders.queries import read_rates, read_tenders

capability = Capability(
    name="tenders",
    commands=(
        CommandSpec(SetTender, set_tender, right=MANAGE, also=SETTINGS),
        CommandSpec(EndTender, end_tender, right=MANAGE, also=SETTINGS),
        CommandSpec(SetRate, set_rate, right=MANAGE, also=OVERRIDE),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(
        QuerySpec("tenders", read_tenders, right=SELL),
        QuerySpec("foreign_rates", read_rates, right=SELL),
    ),
)
