"""Every kind of personal data: its retention in days, and the module that deletes it. Pure.

Data without days is erased with its person: when they're forgotten or withdraw a consent.
"""

from __future__ import annotations

import msgspec

from edge.people.customers.kept_days import KeptDays


class KeptKind(msgspec.Struct, frozen=True):
    """A kind of personal data.

    `name`: a key of `words`, section `kept`. `days` None: kept until the person is forgotten; 0: deleted the same day.
    `by`: the module that deletes it. `setting`: the store sets the retention (`KeptDays`), with `days` as default and 0
    for permanent.
    """

    name: str
    days: int | None
    by: str
    setting: str = ""


KINDS: tuple[KeptKind, ...] = (
    KeptKind("customer", None, "edge.people.customers.handlers"),
    KeptKind("stored_card", None, "edge.money.payments.stored.stored_methods"),
    KeptKind("profile", None, "edge.people.customers.consent_handlers"),
    KeptKind("account_code", 0, "edge.ordering.privacy.nightly_part"),
    KeptKind("account_session", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("account_undo", 3, "edge.ordering.privacy.nightly_part"),
    KeptKind("product_view", 30, "edge.ordering.privacy.nightly_part", "view_days"),
    KeptKind("voice_template", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("face_template", 180, "edge.ordering.privacy.nightly_part"),
    KeptKind("customer_chat", 30, "edge.conversation.assistant.retention", "customer_chat_days"),
    KeptKind("staff_chat", 90, "edge.conversation.assistant.retention", "staff_chat_days"),
    KeptKind("guest_order", 90, "edge.ordering.orders.sweeper_part", "guest_days"),
    KeptKind("order_page", 1, "edge.ordering.orders.queries"),
    KeptKind("letters", 30, "edge.foundation.outbox.messages"),
    KeptKind("remarks", 90, "edge.core.people.remarks"),
    KeptKind("sign_in_log", 90, "edge.foundation.access.logs.row_log"),
    KeptKind("invoice_name", 6 * 365, "edge.accounting.invoices.erasing_part"),
)


def kinds_now(kept: KeptDays) -> tuple[KeptKind, ...]:
    """The kinds with the store's retention; negative: permanent."""
    return tuple(
        msgspec.structs.replace(one, days=getattr(kept, one.setting) or -1) if one.setting else one for one in KINDS
    )
