"""Sales by receipt and by day, X reports and Z reports.

Reports on sales: every paper of every register, searchable, and the totals of a business day. The only commands store
and remove receipts imported from another system (`past_receipts.py`), which are searchable but count nowhere.

A day's totals match its Z report. `register_day` uses the same rules (`till/rules/day_totals.py`), so a day closed by
one Z has that Z's figures to the cent: totals, tenders and taxes. A Z printed across midnight covers parts of two days.
A void counts on the day it was made.

The projections follow the journal asynchronously (decision 0028) and are verified. Readers pass `rests_on=BEHIND`, or
give it to the page reader, and so see every answered sale.

Lists use keyset pagination from the newest journal row down, never an offset: sales made meanwhile shift nothing. Each
filter has an index in the list's order.

Hours are computed on reading from quarter hours: the journal has no time zone, and every zone's offset is a multiple of
15 minutes.

To add a filter: a field of `PaperFilter`, its line in `papers._CONDITIONS`, and an index.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.counter.reports import figures, receipt_figures
from edge.counter.reports.commands import RecordPastReceipts, TakeBackPastReceipts
from edge.counter.reports.events import EVENTS
from edge.counter.reports.past_receipts import past_receipts, record_past_receipts, take_back_past_receipts
from edge.counter.reports.project import days, papers
from edge.counter.reports.queries import BEHIND, modifiers_sold, read_day_sums
from edge.foundation.access.rights import MANAGE, REPORTS

capability = Capability(
    name="reports",
    commands=(
        CommandSpec(RecordPastReceipts, record_past_receipts, right=MANAGE, surfaces=MACHINE),
        CommandSpec(TakeBackPastReceipts, take_back_past_receipts, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    projectors=(papers, days, past_receipts),
    figures=(*figures.FIGURES, *receipt_figures.FIGURES),
    queries=(
        QuerySpec("day_sums", read_day_sums, right=MANAGE, also=REPORTS, surfaces=STAFF, rests_on=BEHIND),
        QuerySpec("modifiers_sold", modifiers_sold, right=MANAGE, also=REPORTS, surfaces=STAFF, rests_on=BEHIND),
    ),
)
