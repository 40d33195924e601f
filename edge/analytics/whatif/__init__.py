"""What a past month would have come to under other rules. See README.md."""

from edge.core.registry import Capability

capability = Capability(name="whatif")
