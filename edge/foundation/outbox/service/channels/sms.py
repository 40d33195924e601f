"""SMS over HTTP, compatible with Twilio's Messages resource (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

from edge.foundation.outbox.messages import SHOP_SEPARATOR
from edge.foundation.outbox.service.channels.sender import Parcel
from edge.lib.i18n.bidi import closing_isolates
from edge.runtime.outgoing.faults import Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success

PLAIN, PLAIN_OF_TWO = 160, 306
WIDE, WIDE_OF_TWO = 70, 134
"""Characters per segment, for a single segment and for each of two, in GSM 7-bit and UCS-2 (3GPP TS 23.038, 23.040)."""
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters of the extension table (3GPP TS 23.038, 6.2.1.1): two septets each."""
STOPPED, NO_NUMBER = 21610, (21211, 21614, 30005, 30006)


class SmsChannel:
    """Sends from the shop's number."""

    name = "sms"
    repeats, marks_end = False, False

    def __init__(self, http: OutgoingHttp, url: str, account: str, token: str, sender: str) -> None:
        self._http = http
        self._url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._authorization = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()
        self._sender = sender

    async def send(self, parcel: Parcel, to: str) -> str:
        fields = {"To": to, "From": self._sender, "Body": text_of(parcel)}
        if parcel.reports and parcel.token:
            fields["StatusCallback"] = f"{parcel.reports}/sms/{parcel.token}"
        form = urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": self._authorization}
        answer = await self._http.post(self._url, form, headers)
        said = answer.json()
        of = said if isinstance(said, dict) else {}
        code = of.get("code") or of.get("error_code")
        if code == STOPPED:
            raise Undelivered("number_stopped", str(code), permanent=True)
        if code in NO_NUMBER:
            raise Undelivered("no_such_number", str(code), permanent=True)
        require_success(answer)
        return str(of.get("sid") or "")[:80]


def text_of(parcel: Parcel) -> str:
    """Return title, own text and link, at most two segments. Longer text is visibly cut before the shop's name and the
    link."""
    behind = f"\n{parcel.link}" if parcel.link else ""
    said, tail = parcel.title, ""
    if parcel.what == "said":
        said = "\n".join((parcel.title, *parcel.paragraphs))
    plain = (GSM | GSM_EXTENSION).issuperset(said + behind)
    room = (PLAIN_OF_TWO if plain else WIDE_OF_TWO) - _units(behind, plain)
    if _units(said, plain) > room and parcel.what != "said":
        said, separator, shop = said.rpartition(SHOP_SEPARATOR)
        said, tail = (said, separator + shop) if said else (shop, "")
    mark = "..." if plain else "…"
    cut = said
    while cut and _units(f"{cut}{closing_isolates(cut)}{'' if cut == said else mark}{tail}", plain) > room:
        cut = cut[:-1]
    return f"{cut}{closing_isolates(cut)}{'' if cut == said else mark}{tail}{behind}"


def _units(text: str, plain: bool) -> int:
    """Length in septets (extension characters count twice), or in UTF-16 code units."""
    return len(text) + sum(one in GSM_EXTENSION for one in text) if plain else len(text.encode("utf-16-le")) // 2
