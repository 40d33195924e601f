"""Part that reads invoices from a mailbox, if configured."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.process.parts import Part, Stage
from edge.goods.supplier_invoices.settings import SupplierInvoicesSection
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The background parts of supplier invoices."""
    if context.config.of(SupplierInvoicesSection).mail_host:
        from edge.goods.supplier_invoices.service.part import InvoiceMailPart  # only for shops with such a mailbox

        yield Part("invoice_mail", InvoiceMailPart.of(context.config, context.shop).run, stage=Stage.BACKGROUND)
