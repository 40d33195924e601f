"""The texts on the page of simulated devices, in the languages of the till."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_FR = """
Simulated devices = Appareils simulés
Scanner = Lecteur
any code = un code
Scan = Scanner
Unplug scanner = Débrancher
Plug in = Rebrancher
Scale = Balance
what lies on the scale = ce qui est sur la balance
Printer = Imprimante
Nothing printed yet. = Rien d’imprimé encore.
Switch printer off = Éteindre
Switch on = Allumer
Microphone and loudspeaker = Micro et haut-parleur
any sentence = une phrase
Say it = Dire
Hear what the loudspeaker said = Écouter le haut-parleur
Payment terminal = Terminal de paiement
The till asks it by F9; present a card. = Appuyez sur F9 à la caisse, puis présentez une carte.
Approve = Accepter
Decline = Refuser
Approve, with a signature = Accepter, avec signature
Approve less = Accepter un montant inférieur
Approve, and fall silent = Accepter, puis ne plus répondre
Approve, and cut the line = Accepter, puis couper la ligne
Internet = Internet
Cut the line to head office = Couper la ligne du siège
Mend it = Rétablir la ligne
Simulated shelf = Rayon simulé
The demo has ended. = La démo est terminée.
Tour = Visite guidée
Press a product below: the scanner types its code, and the line appears at the till. F8 takes cash. =
  Touchez un produit ci-dessous : le lecteur envoie son code et la ligne apparaît à la caisse. F8 encaisse les espèces.
Put something on the scale, then touch the tomatoes at the till: they are weighed with one tap. =
  Posez quelque chose sur la balance, puis touchez les tomates à la caisse : elles sont pesées d’un seul geste.
Press F9 at the till, then Approve under Payment terminal: the sale ends by itself. =
  Appuyez sur F9 à la caisse, puis sur Accepter sous Terminal de paiement : la vente se termine automatiquement.
Switch the printer off or cut the line to head office, and keep selling: everything arrives later. =
  Éteignez l’imprimante ou coupez la ligne du siège, et continuez à vendre : tout arrive plus tard.
Open Manager at the till (the PIN is 1234): sales, stock and orders of ninety days. =
  Ouvrez Gestion à la caisse (code PIN 1234) : ventes, stock et commandes sur quatre-vingt-dix jours.
Back = Précédent
Next = Suivant
Demo = Démo
Reset the demo = Réinitialiser la démo
All sales and changes of this demo are deleted. =
  Toutes les ventes et modifications de cette démo seront supprimées.
Delete and start again = Supprimer et recommencer
The demo is starting again. This takes a minute or two. = La démo redémarre. Cela prend une à deux minutes.
"""
_HE = """
Simulated devices = התקנים מדומים
Scanner = סורק
any code = קוד כלשהו
Scan = סריקה
Unplug scanner = ניתוק הסורק
Plug in = חיבור
Scale = מאזניים
what lies on the scale = מה מונח על המאזניים
Printer = מדפסת
Nothing printed yet. = עדיין לא הודפס דבר.
Switch printer off = כיבוי המדפסת
Switch on = הדלקה
Microphone and loudspeaker = מיקרופון ורמקול
any sentence = משפט כלשהו
Say it = השמעה
Hear what the loudspeaker said = השמעת מה שנאמר ברמקול
Payment terminal = מסוף אשראי
The till asks it by F9; present a card. = הקופה פונה אליו ב-F9; הציגו כרטיס.
Approve = אישור
Decline = דחייה
Approve, with a signature = אישור, עם חתימה
Approve less = אישור חלקי
Approve, and fall silent = אישור בלי תשובה
Approve, and cut the line = אישור וניתוק הקו
Internet = אינטרנט
Cut the line to head office = ניתוק הקו למטה
Mend it = חיבור מחדש
Simulated shelf = מדף מדומה
The demo has ended. = ההדגמה הסתיימה.
Tour = סיור
Press a product below: the scanner types its code, and the line appears at the till. F8 takes cash. =
  לחצו על מוצר למטה: הסורק שולח את הקוד והשורה מופיעה בקופה. F8 גובה מזומן.
Put something on the scale, then touch the tomatoes at the till: they are weighed with one tap. =
  הניחו משהו על המאזניים ולחצו על העגבניות בקופה: הן נשקלות בלחיצה אחת.
Press F9 at the till, then Approve under Payment terminal: the sale ends by itself. =
  הקישו F9 בקופה, ואז ״אישור״ תחת ״מסוף אשראי״: המכירה מסתיימת מעצמה.
Switch the printer off or cut the line to head office, and keep selling: everything arrives later. =
  כבו את המדפסת או נתקו את הקו למטה והמשיכו למכור: הכול יגיע אחר כך.
Open Manager at the till (the PIN is 1234): sales, stock and orders of ninety days. =
  פתחו את דפי המנהל בקופה (הקוד 1234): מכירות, מלאי והזמנות של תשעים יום.
Back = הקודם
Next = הבא
Demo = הדגמה
Reset the demo = איפוס ההדגמה
All sales and changes of this demo are deleted. = כל המכירות והשינויים בהדגמה הזאת יימחקו.
Delete and start again = מחיקה והתחלה מחדש
The demo is starting again. This takes a minute or two. = ההדגמה מתחילה מחדש. זה ייקח דקה או שתיים.
"""


def _read(text: str) -> Mapping[str, str]:
    return MappingProxyType(dict(line.split(" = ", 1) for line in text.strip().replace("\n  ", " ").splitlines()))


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"fr": _read(_FR), "he": _read(_HE)})
_SAID = re.compile(r'(?<=[>"])([A-Za-z][^<>"\n]*)(?=[<"])')


def translate_page(page: str, language: str) -> str:
    """Translate the page: known texts between tags and in attributes; others stay unchanged."""
    words = WORDS.get(language)
    if words is None:
        return page
    page = page.replace('<html lang="en">', f'<html lang="{language}" dir="{"rtl" if language == "he" else "ltr"}">')
    return _SAID.sub(lambda found: words.get(found[1], found[1]), page)
