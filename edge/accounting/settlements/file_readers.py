"""Readers of providers' files by profile name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from edge.accounting.settlements.adyen_report import adyen_batches
from edge.accounting.settlements.batch import Batch
from edge.accounting.settlements.table_files import PROFILES, batches_of
from edge.lib.tables.table import TableRow

READERS: Mapping[str, Callable[[Sequence[str], Iterable[TableRow]], tuple[Batch, ...]]] = MappingProxyType(
    {**{name: partial(batches_of, profile=one) for name, one in PROFILES.items()}, "adyen_settlement": adyen_batches}
)
"""Special readers, for profiles whose rows aren't single lines with their amount."""
