"""Lists saved under a name.

A list as somebody wants to find it again: which page, what was asked of it and in which order, under a name. What
a manager saves, everybody in the shop sees above that list; one tap opens it.

It knows no list: the page is an address below `/manager`, and what was asked of it is that address's own query,
without the register and the language of who saved it. `edge/web/static/views.js` shows them on every page that
has a list.
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
