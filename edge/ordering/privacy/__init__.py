"""What is kept about people, why and until when.

What is kept of people, why and until when, said once: on the public page `/privacy`, to the night that deletes
it, and to whoever must answer for an incident.

Invariants
- `/privacy` says of each purpose what asks for it, and of no purpose that nothing here reads (`ASKED_FOR`).
- A clock that is doubted deletes nothing. An open order, a debt or a request keeps its person.
- For how long is a setting (`privacy.view_days` and others, in days; 0: for good), but for what law or consent bounds.
- Each kind in `retention.py` names the module that lets it go, and a test looks whether it is there.
"""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE
from edge.ordering.privacy.commands import EndUntouched
from edge.ordering.privacy.events import EVENTS
from edge.ordering.privacy.nightly_part import PARTS
from edge.ordering.privacy.project import projector
from edge.ordering.privacy.settings import PrivacySettings, live
from edge.ordering.privacy.settings import settings_of as settings_of
from edge.ordering.privacy.untouched import UntouchedCustomers
from edge.people.customers.kept_days import QUERY, KeptDays


def capability(settings: PrivacySettings) -> Capability:
    """Privacy in a store with these settings."""
    kept = live(settings.kept)
    untouched = UntouchedCustomers(kept)

    def read_kept(db: Connection) -> KeptDays:
        """For how many days data of people is kept."""
        return kept.at(db)

    return Capability(
        name="privacy",
        commands=(CommandSpec(EndUntouched, untouched.end, right=MANAGE, surfaces=MACHINE),),
        events=EVENTS,
        projectors=(projector,),
        queries=(QuerySpec(QUERY, read_kept, right=MANAGE, surfaces=STAFF),),
        parts=PARTS,
    )
