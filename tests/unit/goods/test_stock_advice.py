"""What a check proposes is said at the command line as well as on its page."""

from edge.app.cli.verify import ADVICE
from edge.lib.i18n import LANGUAGES
from edge.lib.i18n.translations import words

PREFIX = "stock.proposal_"


def test_every_proposal_of_a_finding_has_its_words() -> None:
    """A finding without would end `edge verify --stock` in the middle of its list."""
    for language in LANGUAGES:
        said = {key.removeprefix(PREFIX) for key in words(language) if key.startswith(PREFIX)}
        assert said == set(ADVICE), language
