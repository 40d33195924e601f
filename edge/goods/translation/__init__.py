"""Product names in the shop's languages.

What goods, categories, their attributes and promotions are called in the languages of the shop, and what its
papers and screens say in its own words (the texts of `settings`). A name is its capability's; here stands what is
proposed for it, and what became of that. A text is known by its key: `product/` and its number; `category/`,
`promotion/` or `text/` and its id; `attribute/`, its category, `/` and its name. It is `missing`, `proposed`,
`outdated` (its source was changed behind what was brought), `refused`, `accepted`, or `given` (somebody else said
it).

- Nothing is applied without a person's yes. A yes to many takes only those of which nothing is to be said.
- What was accepted is the word of the source `translation`, which counts after those that the shop names (the
  catalogue); what a person wrote is theirs. All but goods have one word alone.
- What is over (a promotion, a text) is translated no more: said again it would begin anew.
- Hard findings refuse: other numbers, sizes, currencies, gaps, a brand that is gone, markup, marks of direction.
  Soft ones are shown.
- The glossary is soft for terms (a language may bend them) and hard for words that stay. It is held against what
  is proposed as that comes, against what waits on the page and at the yes, and told to a model.
- No text that is exchanged counts anything: names of goods and categories have no number in them that chooses a
  form. The house's own sentences that count have every form of CLDR (`edge/lib/i18n`), and are no shop's to
  translate.
- The same file twice brings nothing new. Unknown ids and other sources are named in the answer, and left out.

One more kind of text: its word in `TextKind` and `TextKey`, a branch in `queries._ALL` and `_NAMES`, one in
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
    SetTranslation,
)
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import EVENTS
from edge.goods.translation.handlers import accept, propose, refuse, set_translation
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
    ),
    events=EVENTS,
    projectors=(projector,),
    jobs=(JobKind(TRANSLATE_JOB, no_model, own_runner=True),),
    queries=(
        QuerySpec("translation_texts", translation_texts, right=MANAGE, surfaces=STAFF),
        QuerySpec("translation_counts", translation_counts, right=MANAGE, surfaces=STAFF),
    ),
)
