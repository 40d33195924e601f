"""What-if calculations: a past month under other rules. See README.md."""

from edge.core.registry import Capability

capability = Capability(name="whatif")
