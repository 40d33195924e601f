"""Detects alerts."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.foundation.alerts.mending import MENDED_AT
from edge.foundation.alerts.service.machine_watch import BESIDE, MachineNow, MachineWatch
from edge.foundation.alerts.service.part import AlertsPart
from edge.runtime.shop_context import ShopContext
from edge.runtime.sync_state import SYNC


def parts(context: ShopContext) -> Iterator[Part]:
    """Yield the part that detects alerts, and publish when each kind is mended (`MENDED_AT`)."""
    config, services = context.config, context.services
    sync, beside = services.of(SYNC), services.of(BESIDE)
    machine = MachineWatch(context.shop, context.supervisor, config.folder, sync, config.backup.is_wanted, beside)
    machines = {one.kind: one.mended_at for one in machine.watches(MachineNow)}
    services.put(MENDED_AT, {**context.shop.registry.mended_at, **machines})
    yield Part("alerts", AlertsPart(context.shop, machine, config.business_date).run, stage=Stage.BACKGROUND)
