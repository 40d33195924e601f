"""Letters to head office, as the last resort, about critical alerts that the shop didn't acknowledge."""

from __future__ import annotations

from collections.abc import Callable

from edge.analytics.notify.message_text import About, Said, compose
from edge.analytics.notify.notification_plan import OfficeLetter
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import alert_itself
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter


def office_letters(address: str, about: Callable[[str], About]) -> LetterWriter:
    """Return the writer of letters to that address, in the shop's language."""

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        told: OfficeLetter = about_of(row, OfficeLetter)
        alert = alert_itself(db, told.alert)
        if not address or alert is None:
            return "no_address" if alert else "gone"
        if told.what == "raised" and alert.state != "raised":
            return "over"
        texts = about("")
        made = compose(texts, [Said(told.what, alert)])
        parcel = Parcel(
            key=row.key,
            title=made.title,
            paragraphs=made.paragraphs,
            severity=made.severity,
            what=told.what,
            language=texts.language,
            link=made.link,
            thread=f"office {told.alert}",
            answers="" if told.what == "raised" else f"office {told.alert}",
        )
        return WrittenLetter(address, parcel)

    return LetterWriter(write)
