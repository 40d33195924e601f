"""What a shop takes beside cash and cards. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE, OVERRIDE, SELL
from edge.money.tenders.commands import SetRate
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.events import EVENTS
from edge.money.tenders.handlers import set_rate
from edge.money.tenders.project import projector
from edge.money.tenders.queries import read_rates, read_tenders

capability = Capability(
    name="tenders",
    commands=(
        *TENDERS.commands(),
        CommandSpec(SetRate, set_rate, right=MANAGE, also=OVERRIDE, surfaces=STAFF),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("tenders", read_tenders, right=SELL, surfaces=STAFF),
        QuerySpec("foreign_rates", read_rates, right=SELL, surfaces=STAFF),
    ),
)
