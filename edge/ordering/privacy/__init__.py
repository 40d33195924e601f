"""What is kept of people, why and until when; what is over goes. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import MACHINE
from edge.shop.access.rights import MANAGE
from edge.shop.privacy.commands import EndUntouched
from edge.shop.privacy.events import EVENTS
from edge.shop.privacy.nightly_part import PARTS
from edge.shop.privacy.project import projector
from edge.shop.privacy.settings import PrivacySettings
from edge.shop.privacy.settings import settings_of as settings_of
from edge.shop.privacy.untouched import UntouchedCustomers


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
