"""Sample manual alerts of the demo. All other alerts are raised by its watches."""

from __future__ import annotations

from edge.foundation.alerts.commands import SendAlert


def commands() -> tuple[SendAlert, ...]:
    """A morning's alerts."""
    return (
        SendAlert(
            "The ice cream freezer is at -9 °C",
            "It should be at -18 °C. Close the lid, and call the technician if it does not fall within an hour.",
            "medium",
            dedupe="freezer",
        ),
        SendAlert("The bakery comes at 11 today", "Keep the back door free.", "low", dedupe="bakery"),
    )
