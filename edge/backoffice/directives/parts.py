"""What goes on beside the selling."""

from __future__ import annotations

from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.shop.directives.failure_reporter import FailureReporter


def _directives(context: PartContext) -> FailureReporter:
    return FailureReporter(context.shop)


PARTS = (PartSpec("directives", _directives),)
