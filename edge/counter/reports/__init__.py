"""Sales by receipt and by day, X reports and Z reports.

What was sold, for who asks in the evening: every paper of every register to be found again, and what a day of
business came to. Nothing is decided here; there are no commands.

A day's sums are a Z's. `register_day` is made by the same rules as the Z report (`till/rules/day_totals.py`), so
that a day that one Z closes has that Z's numbers to the cent: sums, tenders and taxes. A Z that lies over
midnight covers parts of two days. A void counts on the day on which it was made.

Behind the sale, and verified. Both follow the journal (decision 0028): who reads them says `rests_on=BEHIND`, or
gives it to the reader of pages, and misses nothing that was answered.

Pages by key. The list goes from the newest row of the journal down, and on from a row, never by an offset: what
is sold meanwhile moves nothing. Each condition has an index whose order is the list's.

Hours are made while reading, from quarters of an hour: the journal knows no time zone, and every zone is off by
whole quarters.

One more condition: a field of `PaperFilter`, its line in `papers._CONDITIONS`, and an index.
"""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.counter.reports.project import days, papers
from edge.counter.reports.queries import BEHIND, modifiers_sold, read_day_sums
from edge.foundation.access.rights import MANAGE, REPORTS

capability = Capability(
    name="reports",
    projectors=(papers, days),
    queries=(
        QuerySpec("day_sums", read_day_sums, right=MANAGE, also=REPORTS, surfaces=STAFF, rests_on=BEHIND),
        QuerySpec("modifiers_sold", modifiers_sold, right=MANAGE, also=REPORTS, surfaces=STAFF, rests_on=BEHIND),
    ),
)
