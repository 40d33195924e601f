"""Log of viewed data, described by page topics rather than addresses. A page and its fragments count once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.foundation.access.logs.look_log import AGAIN_US, PersonalRead

_TOPICS = {
    "people": r"users|roles|/fragments/users|/manager/users",
    "sign_ins": r"logins|/api/v1/auth/logins",
    "looks": r"looks",
    "customers": r"customers|/(fragments|manager|api/v1)/customers(/search)?",
    "consents": r"consent_wordings|/api/v1/consents/wordings",
    "customer": r"customer\w*|consent_history|wishlist|loyalty_moves|/api/v1/customers/\{id\}.*|/manager/customer\b.*"
    r"|/api/v1/(recommendations|addresses/check)",
    "invoices": r"invoices?|/manager/invoice\b.*",
    "work_hours": r"work_days|shared_tips|/manager/work-hours|/api/v1/work-hours\.csv",
    "sign_out": r"/api/v1/sessions/end",
    "code_on_paper": r"/api/v1/auth/codes",
    "recovery_code": r"/(fragments|api/v1)/recovery-code",
    "new_key": r"/api/v1/(keys|webhooks)",
    "secrets": r"/api/v1/secrets/.*",
    "network": r"/api/v1/network/.*",
    "boxes": r"/api/v1/(twin/.*|restart)",
    "backups": r"/api/v1/backups/.*",
    "recording": r"/api/v1/chat/recording",
}
"""Queries and declared paths by topic. The topic is a text key of section `looked`."""


def topic_of(what: str) -> str:
    """Return the topic's text key; "" if there is none."""
    return next((topic for topic, pattern in _TOPICS.items() if re.fullmatch(pattern, what)), "")


def each_once(looks: Iterable[PersonalRead]) -> list[tuple[PersonalRead, str]]:
    """Return log entries (newest first) with topics, merging those of one user about the same topic and person within a
    minute."""
    shown, newest = [], dict[tuple[str, ...], int]()
    for one in looks:
        topic = topic_of(one.what)
        key = (one.user, topic or one.what, one.of, one.register, one.network)
        if newest.get(key, one.at_us + AGAIN_US) - one.at_us >= AGAIN_US:
            newest[key] = one.at_us
            shown.append((one, topic))
    return shown
