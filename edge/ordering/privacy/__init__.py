"""What is kept of people, why and until when; what is over goes. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import MACHINE
from edge.foundation.access.rights import MANAGE
from edge.ordering.privacy.commands import EndUntouched
from edge.ordering.privacy.events import EVENTS
from edge.ordering.privacy.nightly_part import PARTS
from edge.ordering.privacy.project import projector
from edge.ordering.privacy.settings import PrivacySettings
from edge.ordering.privacy.settings import settings_of as settings_of
from edge.ordering.privacy.untouched import UntouchedCustomers


def capability(settings: PrivacySettings) -> Capability:
    """Privacy in a store with these settings."""
    untouched = UntouchedCustomers(settings)
    return Capability(
        name="privacy",
        commands=(CommandSpec(EndUntouched, untouched.end, right=MANAGE, surfaces=MACHINE),),
        events=EVENTS,
        projectors=(projector,),
        parts=PARTS,
    )
