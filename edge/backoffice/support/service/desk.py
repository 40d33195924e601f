"""The service behind the page of help, which is loaded when it is first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.services import Service

if TYPE_CHECKING:
    from edge.backoffice.support.service.support_desk import SupportDesk

DESK: Service[SupportDesk] = Service("support_desk")
