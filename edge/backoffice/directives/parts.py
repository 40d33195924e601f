"""Background parts of directives."""

from __future__ import annotations

from edge.backoffice.directives.failure_reporter import FailureReporter
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec


def _directives(context: PartContext) -> FailureReporter:
    return FailureReporter(context.shop)


PARTS = (PartSpec("directives", _directives),)
