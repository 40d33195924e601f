"""The shop's own payment methods and foreign notes.

What a shop accepts besides cash and cards: vouchers, meal cards, bank transfers, foreign notes.

A tender of the shop's own (`SetTender`) has an id, names, and says what becomes of a surplus, where someone
gives more than is due: `refused`, `change` in cash, or `kept`, which is a line of its own, no revenue and
untaxed. `back` says whether money may go back to it; where it may not, a refund makes store credit of that part.

A rate (`SetRate`) is what one unit of a foreign currency is worth this morning. Foreign cash is the tender
`cash_usd` and the like; what it counts is rate times sum, halves up. It is taken on the day of business on which
the rate was set and on no other; change and refunds are in the shop's own money. Drawer and reports hold each
currency apart.

Tenders are master data (`entities.py`); a rate is not, as its row has the day of the fact.

The till asks `read_tenders` and `read_rates` once a change of the journal (`edge/counter/till/live_settings.py`).
"""

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
