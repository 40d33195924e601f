"""Parts that sync with head office and verify its copy."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.directives.service.sync_part import SyncPart, broker_of
from edge.core.process.parts import Part, Stage
from edge.runtime.backup_state.replica_check import ReplicaCheckPart
from edge.runtime.secrets import secrets_of
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The parts that sync with head office and verify its copy; none without `[sync]`."""
    config, office = context.config, context.office
    if config.sync is None or not isinstance(office, SyncPart):
        return
    yield Part("sync", office.run, stage=Stage.BACKGROUND)
    broker = broker_of(config.sync, secrets_of(config.folder))
    yield Part("proof", ReplicaCheckPart(config, broker, context.shop.clock, office).run, stage=Stage.BACKGROUND)
