"""Product names in the shop's languages.

Names of products, categories, their attributes and promotions in the shop's languages, and the shop's own wording on
papers and screens (the texts of `settings`). The capability of a thing stores its name; this one stores proposals and
their results. A text's key is `product/` and its number; `category/`, `promotion/` or `text/` and its id; or
`attribute/`, its category, `/` and its name. A text is `missing`, `proposed`, `outdated` (its source has changed
since), `refused`, `accepted`, or `given` (from another source).

- Nothing is applied without a person's approval. Bulk approval takes only proposals without findings. Accepting,
  rejecting and setting by hand return what `RestoreTranslations` needs to undo them.
- An accepted text belongs to the source `translation`, which ranks after the sources that the shop names (the
  catalogue); a text written by a person belongs to them. Except for products, each text has a single value.
- Texts no longer in use (an ended promotion, a removed text) aren't translated; if they return, they start again.
- Hard findings reject a proposal: different numbers, sizes, currencies or placeholders, a missing brand, markup,
  direction marks. Soft ones are shown.
- The glossary is soft for terms (a language may inflect them) and for words not to use, and hard for words that must
  stay. It is checked when a proposal arrives, while it waits on the page and at approval, and it is part of a model's
  prompt.
- Exchanged texts have no plural forms: names of goods and categories contain no number that would choose one. The
  product's own sentences with counts have every CLDR form (`edge/lib/i18n`), and shops can't translate them.
- Importing the same file twice changes nothing. Unknown ids and other sources are listed in the answer and skipped.

To add a kind of text: its word in `TextKind` and `TextKey`, a branch in `queries._ALL` and `_NAMES`, one in
`calling.call_so`, and one in `hub._called_things`.
"""

from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import STAFF
from edge.foundation.access.rights import MANAGE
from edge.goods.translation.commands import (
    AcceptTranslations,
    OrderTranslations,
    ProposeTranslations,
    RefuseTranslations,
    RestoreTranslations,
    SetTranslation,
)
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import EVENTS
from edge.goods.translation.handlers import accept, propose, refuse, restore, set_translation
from edge.goods.translation.model_job import TRANSLATE_JOB, no_model, order
from edge.goods.translation.project import projector
from edge.goods.translation.queries import translation_counts, translation_texts

capability = Capability(
    name="translation",
    commands=(
        *TERMS.commands(),
        CommandSpec(ProposeTranslations, propose, right=MANAGE, surfaces=STAFF),
        CommandSpec(AcceptTranslations, accept, right=MANAGE, surfaces=STAFF),
        CommandSpec(SetTranslation, set_translation, right=MANAGE, surfaces=STAFF),
        CommandSpec(OrderTranslations, order, right=MANAGE, surfaces=STAFF),
        CommandSpec(RefuseTranslations, refuse, right=MANAGE, surfaces=STAFF),
        CommandSpec(RestoreTranslations, restore, right=MANAGE, surfaces=STAFF),
    ),
    events=EVENTS,
    projectors=(projector,),
    jobs=(JobKind(TRANSLATE_JOB, no_model, own_runner=True),),
    queries=(
        QuerySpec("translation_texts", translation_texts, right=MANAGE, surfaces=STAFF),
        QuerySpec("translation_counts", translation_counts, right=MANAGE, surfaces=STAFF),
    ),
)
