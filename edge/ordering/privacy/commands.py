"""What can be asked of privacy."""

from __future__ import annotations

from edge.core.messages import Command


class EndUntouched(Command, frozen=True):
    """Tell customers whom nobody saw for so long that they will be forgotten, and forget those who were told 30 days
    ago and did not come. The appliance asks it at night; the result is how many were told and forgotten."""
