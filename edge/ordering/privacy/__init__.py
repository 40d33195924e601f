"""Stored personal data, with its purpose and retention.

Defined once: for the public page `/privacy`, for the nightly deletion, and for those handling an incident.

Invariants
- `/privacy` lists each purpose with the feature that needs it, and no purpose that no feature uses (`ASKED_FOR`).
- Nothing is deleted while the clock is doubtful. A person with an open order, a debt or a request is kept.
- Retention is a setting (`privacy.view_days` and others, in days; 0: for ever), unless law or consent limits it.
- Each kind in `retention.py` names the module that deletes it, and a test checks that it exists.
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
    """Privacy capability with these settings."""
    kept = live(settings.kept)
    untouched = UntouchedCustomers(kept)

    def read_kept(db: Connection) -> KeptDays:
        """The store's retention times in days."""
        return kept.at(db)

    return Capability(
        name="privacy",
        commands=(CommandSpec(EndUntouched, untouched.end, right=MANAGE, surfaces=MACHINE),),
        events=EVENTS,
        projectors=(projector,),
        queries=(QuerySpec(QUERY, read_kept, right=MANAGE, surfaces=STAFF),),
        parts=PARTS,
    )
