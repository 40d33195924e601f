"""What somebody has said in the demo's shop, for the bell to ring about: the rest its own watches find."""

from __future__ import annotations

from edge.foundation.alerts.commands import SendAlert


def commands() -> tuple[SendAlert, ...]:
    """Alerts of a morning."""
    return (
        SendAlert(
            "The ice cream freezer is at -9 °C",
            "It should be at -18 °C. Close the lid, and call the technician if it does not fall within an hour.",
            "medium",
            dedupe="freezer",
        ),
        SendAlert("The bakery comes at 11 today", "Keep the back door free.", "low", dedupe="bakery"),
    )
