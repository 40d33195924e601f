"""Saved list views.

A list with its filters and order, saved under a name. Views saved by a manager appear above that list for everyone and
open with one tap.

It is independent of the list: the page is an address below `/manager` with its own query, without the creator's
register and language. `edge/web/static/views.js` shows them on every list page.
"""

from edge.core.registry import Capability, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.saved_views.entities import SAVED_VIEWS
from edge.foundation.saved_views.events import EVENTS
from edge.foundation.saved_views.project import projector
from edge.foundation.saved_views.queries import read_saved_views

capability = Capability(
    name="saved_views",
    commands=SAVED_VIEWS.commands(),
    events=EVENTS,
    projectors=(projector,),
    queries=(QuerySpec("saved_views", read_saved_views, right=MANAGE, surfaces=STAFF),),
)
