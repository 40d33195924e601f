"""The service behind the support page, loaded when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.services import Service

if TYPE_CHECKING:
    from edge.backoffice.support.service.support_desk import SupportDesk

DESK: Service[SupportDesk] = Service("support_desk")
