"""What was sold, by paper and by day. See README.md."""

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
