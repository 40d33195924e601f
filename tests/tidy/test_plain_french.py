"""What people read in French has none of the turns that make it sound translated, and the marks that French wants.

The list grows: a turn is a pattern, with what to write instead. The owner's guide is read as well.
"""

import re
from collections.abc import Iterator

import pytest

from tests.tidy.texts import texts
from tests.tidy.tree import ROOT, files, text_of

TURNS = {
    r"\binterrogez l(?:e|a|es|'[^ ]+) \w": "contactez le prestataire, demandez au client",
    r"\bconsultez (?:qui|ce qui|ce que)\b": "vérifiez qui, vérifiez ce qui",
    r"\b(?:me |vous |les |le )?notifier\b": "avertir, prévenir",
    r"\ben (?:moins|plus) que prévu": "de moins que prévu",
    r"\bdate d'il y a\b": "remonte à",
    r"\bsi (?:le|la|les|l')[^.:;]* n'arriver(?:a|ont) pas\b|\bs'il n'arrivera pas\b": "s'il ne doit plus arriver",
    r"\bclés? API\b": "clé d'API",
    r"\bpropositions? de commande\b": "suggestion de commande",
    r"\bseuils? de réapprovisionnement\b|\bpoints? de commande\b": "seuil de commande",
    r"\b(?:niveau cible|stock de cible)\b": "stock cible",
    r"\bdemi kilo\b": "demi-kilo",
    r"\bmerci de (?:le|la|les) redire\b": "merci de répéter",
    r"\bn'est une condition de rien\b|\brien n'en est conservé\b": "c'est facultatif, aucune donnée conservée",
    r"\bbasée?s? sur\b": "d'après, à partir de",
    r"\bdigita(?:l|le|ux)\b|\bcustomis|\bchecke[rz]\b|\buploade|\blogin\b": "numérique, personnaliser, vérifier",
    r"(?<!boîte )\be?mails?\b(?<!e-mail)(?<!e-mails)|\bcourriels?\b": "e-mail",
    r"\b(?:tu|toi|ton|tes)\b": "vous, votre",
    r"\bpersonnes effacées\b": "personnes dont les données ont été effacées",
    r"\b(?:la|une) \*\*(?:Taux|Code|Journal|Rapport|Fond|Réseau)\b": "the article of what is named",
    r"\baucune? [^.:;]*\bn'(?:a|ont) une? ": "aucun produit n'a de stock bas",
    r"\bnon reconnue? trois fois\b": "non reconnue après trois essais",
    r"\bce téléphone ou cet e-mail\b|\ble téléphone ou l'e-mail de\b": "ce numéro de téléphone ou cet e-mail",
    r"\bpages? «.(?!Un |Configurer )": "the page's name alone, unless it begins with an article or a verb",
    r"’": "the straight apostrophe of all other texts",
    r"\w …$|» …": "no space before … at the end: Recherche…",
    r"(?<![\s\u00a0\u202f?!])(?:[?!]|»)|«(?![ \u00a0])": "a space before ? ! » and after «",
    r"(?<=[\wàâçéèêëîïôûù)}»])[;:](?= |$)": "a space before : and ;",
    r"[\d}]%": "a space before the percent sign",
}

EXCEPTIONS = {
    "notify.kind_only_by": "a channel's name follows",
    "notify.quiet_on": "hours are filled in",
    "modifiers.part_example": "as a field is filled in",
    "api.media_wrong": "the header as it is sent",
    "words.json.field_open_hours": "as a field is filled in",
    "api.too_many_streams": "an address",
    "seek_also.": "what people type to find a page",
    "i18n/languages/": "the marks themselves",
}
"""Parts of keys whose texts may have such a turn, with why they may."""

UNREAD = re.compile(r"\{[^}]*\}|\w+://\S+")
"""Placeholders and addresses."""


def french() -> Iterator[tuple[str, str]]:
    """Texts and paragraphs of the owner's guide, without code."""
    yield from texts("fr")
    for path in sorted((ROOT / "docs/owner/fr").glob("*.md")):
        prose = re.sub(r"`[^`]*`|^ {4,}\S.*$|\]\([^)]*\)|!\[[^]]*|^\|[-|]+$", "`…`", text_of(path), flags=re.MULTILINE)
        for number, block in enumerate(re.split(r"\n\s*\n", prose), 1):
            yield f"{path.name}, paragraph {number}", " ".join(block.split())


@pytest.mark.parametrize("turn", TURNS)
def test_no_french_text_has_a_turn_that_sounds_translated(turn: str) -> None:
    pattern = re.compile(turn, re.IGNORECASE)
    found = [
        f"{key}: {text}"
        for key, text in french()
        if not any(part in key for part in EXCEPTIONS) and pattern.search(UNREAD.sub("{}", text))
    ]
    assert found == [], TURNS[turn]


CALL = re.compile(r't\(\s*"([a-z_]+\.[a-z_0-9]+)"((?:[^{}"]|"[^"]*")*?)\)\s*(?=}}|%}| if | else |~)')
MOMENT = re.compile(r"(\w+)=moment\(")


def test_a_date_and_time_has_its_article() -> None:
    """They are written 31/12/2026 12:00, so French says "depuis le", "jusqu'au", "du" before them."""
    moments: dict[str, set[str]] = {}
    for path in files(".html", under="edge"):
        for key, values in CALL.findall(text_of(path)):
            moments.setdefault(key, set()).update(MOMENT.findall(values))
    assert sum(map(len, moments.values())) > 40
    bare = [
        f"{where}: {text}"
        for where, text in texts("fr")
        for gap in moments.get(".".join(where.rpartition(".toml.")[2].split(".")[:2]), ())
        if f"{{{gap}}}" in text and not re.search(rf"(?:^|\b(?:le|du|au)|[:,(]) \{{{gap}\}}", text, re.IGNORECASE)
    ]
    assert bare == [], "write le, du or au before the date and time"
