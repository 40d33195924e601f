"""What another till is: whose it is, how it is asked and lets in, and what its things are here. Pure."""

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

TillKind = Literal["square", "toast", "generic"]
Signature = Literal["vendor", "body", "moment_body", "secret"]
Encoding = Literal["hex", "base64"]
Counts = Literal["", "compare", "push"]
Measure = Literal["", "g", "kg", "oz", "lb"]
Restock = Literal["", "yes", "no"]
Address = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^(https?://[^\x00-\x20\x7f]+)?$(?!\n)")]


class OtherTill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A till that is not ours, whose sales move our stock.

    `address`: of its interface ("": it is never asked); every `every_min` it is asked what changed (0: never).
    `places`: "their place = our place", one behind the other with commas; what they call otherwise is held.
    `account`: what it wants beside the secret (Toast: the client's id). `hook_url`: the address as it was registered
    there, which Square signs. A `generic` one says how it signs: by which `header` behind which `prefix`, over what,
    written how, and in which header the moment stands. `counts`: what Square and Toast have on hand is put beside ours
    each day (`compare`), or made ours where it is another (`push`).
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
        """Our place by theirs.

        >>> OtherTill("bar", places="L1 = main, L2=cellar").our_places
        {'L1': 'main', 'L2': 'cellar'}
        """
        pairs = (part.partition("=") for part in self.places.split(",") if part.strip())
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


class PosItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an item of another till is here: `quantity` thousandths of a product for one of theirs, or of a recipe; or
    nothing of the stock (`sku` empty). `measure`: one of theirs is one of this, and the product is weighed. `restock`:
    whether what of it is refunded comes back into the stock; "": as that till's refunds say (of Toast: it does not)."""

    pos: TillId
    item: Annotated[Theirs, msgspec.Meta(min_length=1)]
    sku: Annotated[str, msgspec.Meta(max_length=80, extra={"control": "product"})] = ""
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10**9, extra={"control": "quantity"})] = 1000
    measure: Measure = ""
    restock: Restock = ""

    def comes_back(self, said: bool) -> bool:
        """Whether a refund of it, of which the till itself `said` that its goods come back or not, brings it back."""
        return said if not self.restock else self.restock == "yes"


def secret_name(till: OtherTill, use: Literal["hook", "hook-next", "access"]) -> str:
    """Under which name a till's secret lies: the one that signs its hooks, the one that shall, and the one that lets
    us in. That is another one for another server, so that nobody has it sent elsewhere by a new address.

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
    """`Refusal`: its parts do not fit each other."""
    if 0 < till.every_min < EVERY_LEAST_MIN:
        raise Refusal("other_till_too_often", {"least": EVERY_LEAST_MIN})
    places = [part for part in till.places.split(",") if part.strip()]
    if len(places) > PLACES_MOST or any(not all(map(str.strip, part.partition("="))) for part in places):
        raise Refusal("other_till_places_wrong", {"limit": PLACES_MOST})
    if till.counts and (till.kind == "generic" or not till.address):
        raise Refusal("other_till_has_no_counts")
    if till.kind == "generic" and till.signature == "vendor":
        raise Refusal("other_till_signature_unsaid")
    if till.kind != "generic" and till.signature != "vendor":
        raise Refusal("other_till_signs_itself", {"kind": till.kind})
    if till.signature != "vendor" and not till.header:
        raise Refusal("other_till_header_unnamed")
    if till.signature == "moment_body" and not till.moment_header:
        raise Refusal("other_till_header_unnamed")
