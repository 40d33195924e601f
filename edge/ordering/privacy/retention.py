"""Every kind of thing that is kept of people: for how many days, and which module lets it go. Pure.

What has no days goes with its person: when they are forgotten, or take a consent back.
"""

from __future__ import annotations

import msgspec


class KeptKind(msgspec.Struct, frozen=True):
    """`name`: a key of `words`, section `kept`. `days` None: until the person is forgotten; 0: it ends the same day.
    `by`: the module that lets it go."""

    name: str
    days: int | None
    by: str


KINDS: tuple[KeptKind, ...] = (
    KeptKind("customer", None, "edge.people.customers.handlers"),
    KeptKind("stored_card", None, "edge.money.payments.stored_methods"),
    KeptKind("profile", None, "edge.people.customers.consent_handlers"),
    KeptKind("account_code", 0, "edge.ordering.privacy.nightly_part"),
    KeptKind("account_session", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("account_undo", 3, "edge.ordering.privacy.nightly_part"),
    KeptKind("product_view", 30, "edge.ordering.privacy.nightly_part"),
    KeptKind("voice_template", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("face_template", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("customer_chat", 30, "edge.conversation.assistant.retention"),
    KeptKind("staff_chat", 90, "edge.conversation.assistant.retention"),
    KeptKind("guest_order", 90, "edge.ordering.orders.sweeper_part"),
    KeptKind("order_page", 1, "edge.ordering.orders.queries"),
    KeptKind("letters", 30, "edge.foundation.outbox.messages"),
    KeptKind("remarks", 90, "edge.core.people.remarks"),
    KeptKind("sign_in_log", 90, "edge.foundation.access.row_log"),
    KeptKind("invoice_name", 6 * 365, "edge.accounting.invoices.erasing_part"),
)
