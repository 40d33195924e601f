"""The shop's own payment methods and foreign notes.

Payment methods other than cash and cards: vouchers, meal cards, bank transfers, foreign notes.

A payment method of the shop (`SetTender`) has an id, names, and a rule for overpayment: `refused`, `change` in cash,
or `kept`, which is a separate line, untaxed and not revenue. `back` says whether refunds may use it; if not, that part
of a refund becomes store credit.

A rate (`SetRate`) is today's value of one unit of a foreign currency. Foreign cash is the tender `cash_usd` and the
like; its value is rate times amount, halves rounded up. It is accepted only on the business day of its rate; change
and refunds are in the shop's own currency. Drawer and reports list each currency separately.

Tenders are master data (`entities.py`); a rate isn't, as its row has the day of the event.

The till calls `read_tenders` and `read_rates` once per change of the journal (`edge/counter/till/live_settings.py`).
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
