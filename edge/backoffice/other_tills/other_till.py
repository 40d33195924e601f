"""Another till: its kind, access, authentication, and mapping of locations and items. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from edge.backoffice.other_tills.sale import Theirs, TillId
from edge.core.messages import Refusal

TILLS_MOST = 20
ITEMS_MOST = 20_000
PLACES_MOST = 50
EVERY_LEAST_MIN, EVERY_MOST_MIN = 5, 1440

TillKind = Literal["square", "toast", "clover", "generic"]
Signature = Literal["vendor", "body", "moment_body", "secret"]
Encoding = Literal["hex", "base64"]
Counts = Literal["", "compare", "push"]
Measure = Literal["", "g", "kg", "oz", "lb"]
Restock = Literal["", "yes", "no"]
Address = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^(https?://[^\x00-\x20\x7f]+)?$(?!\n)")]


class OtherTill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A third-party till whose sales move our stock.

    `address`: its API ("": never contacted). It's asked for changes every `every_min` minutes (0: never). `places`:
    "their location = our location", separated by commas; sales at other locations are held. `account`: an id besides
    the secret (Toast: the client id). `hook_url`: the registered webhook address, which Square includes in its
    signature. For `generic`: the signature's `header` and `prefix`, the signed content, its encoding, and the header
    with the time. `counts`: compare its stock with ours daily (`compare`), or set it to ours (`push`).
    """

    id: TillId
    kind: TillKind = "generic"
    address: Address = ""
    account: Annotated[str, msgspec.Meta(max_length=120)] = ""
    places: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    every_min: Annotated[int, msgspec.Meta(ge=0, le=EVERY_MOST_MIN)] = 15
    hook_url: Address = ""
    signature: Signature = "vendor"
    header: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{0,60}$(?!\n)")] = ""
    prefix: Annotated[str, msgspec.Meta(max_length=40)] = ""
    encoding: Encoding = "hex"
    moment_header: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{0,60}$(?!\n)")] = ""
    is_active: bool = True
    counts: Counts = ""

    @property
    def our_places(self) -> dict[str, str]:
        """Map the other till's locations to ours.

        >>> OtherTill("bar", places="L1 = main, L2=cellar").our_places
        {'L1': 'main', 'L2': 'cellar'}
        """
        pairs = (part.partition("=") for part in self.places.split(",") if part.strip())
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


class PosItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assignment of another till's item: `quantity` thousandths of a product or recipe for one item; or no stock
    (`sku` empty).

    `measure`: for weighed products, one item is one of this measure. `restock`: whether refunded goods return to stock;
    "": as the till's refunds state (Toast, Clover: no).
    """

    pos: TillId
    item: Annotated[Theirs, msgspec.Meta(min_length=1)]
    sku: Annotated[str, msgspec.Meta(max_length=80, extra={"control": "product"})] = ""
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10**9, extra={"control": "quantity"})] = 1000
    measure: Measure = ""
    restock: Restock = ""

    def comes_back(self, said: bool) -> bool:
        """Whether a refund returns goods to stock. `said`: whether the till itself says so."""
        return said if not self.restock else self.restock == "yes"


def secret_name(till: OtherTill, use: Literal["hook", "hook-next", "access"]) -> str:
    """The name of a till's secret: for signing webhooks, the next one for signing, or for access. The name for access
    depends on the server, so that a new address can't receive the old server's secret.

    >>> secret_name(OtherTill("bar"), "hook"), secret_name(OtherTill("bar", address="https://a.example/x"), "access")
    ('till-bar-hook', 'till-bar-access-3002d0fb24b2')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", till.id).strip("-")
    if use != "access":
        return f"till-{slug}-{use}"
    parts = urlsplit(till.address)
    about = f"{till.id} {parts.scheme} {parts.netloc.lower()}"
    return f"till-{slug[:20]}-access-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


def require_sense(till: OtherTill) -> None:
    """Raise `Refusal` if the settings contradict each other."""
    if 0 < till.every_min < EVERY_LEAST_MIN:
        raise Refusal("other_till_too_often", {"least": EVERY_LEAST_MIN})
    places = [part for part in till.places.split(",") if part.strip()]
    if len(places) > PLACES_MOST or any(not all(map(str.strip, part.partition("="))) for part in places):
        raise Refusal("other_till_places_wrong", {"limit": PLACES_MOST})
    if till.counts and not till.address:
        raise Refusal("other_till_has_no_counts")
    if till.kind == "generic" and till.signature == "vendor":
        raise Refusal("other_till_signature_unsaid")
    if till.kind != "generic" and till.signature != "vendor":
        raise Refusal("other_till_signs_itself", {"kind": till.kind})
    if till.signature != "vendor" and not till.header:
        raise Refusal("other_till_header_unnamed")
    if till.signature == "moment_body" and not till.moment_header:
        raise Refusal("other_till_header_unnamed")
