"""The texts on the page of simulated devices, in the languages of the till beside it."""

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
Scan = לסרוק
Unplug scanner = לנתק
Plug in = לחבר
Scale = משקל
what lies on the scale = מה שמונח על המשקל
Printer = מדפסת
Nothing printed yet. = עוד לא הודפס דבר.
Switch printer off = לכבות
Switch on = להדליק
Microphone and loudspeaker = מיקרופון ורמקול
any sentence = משפט כלשהו
Say it = לומר
Hear what the loudspeaker said = לשמוע את הרמקול
Payment terminal = מסוף תשלום
The till asks it by F9; present a card. = Appuyez sur F9 à la caisse, puis présentez une carte.
Approve = לאשר
Decline = לסרב
Approve, with a signature = לאשר, עם חתימה
Approve less = לאשר פחות
Approve, and fall silent = לאשר ולהשתתק
Approve, and cut the line = לאשר ולנתק את הקו
Internet = אינטרנט
Cut the line to head office = לנתק את הקו למטה
Mend it = לחבר שוב
Simulated shelf = מדף מדומה
The demo has ended. = ההדגמה הסתיימה.
Tour = סיור
Press a product below: the scanner types its code, and the line appears at the till. F8 takes cash. =
  לחצו על מוצר למטה: הסורק שולח את הקוד והשורה מופיעה בקופה. F8 גובה מזומן.
Put something on the scale, then touch the tomatoes at the till: they are weighed with one tap. =
  הניחו משהו על המשקל ולחצו על העגבניות בקופה: הן נשקלות בלחיצה אחת.
Press F9 at the till, then Approve under Payment terminal: the sale ends by itself. =
  הקישו F9 בקופה ואז "לאשר" תחת "מסוף תשלום": המכירה מסתיימת מעצמה.
Switch the printer off or cut the line to head office, and keep selling: everything arrives later. =
  כבו את המדפסת או נתקו את הקו למטה והמשיכו למכור: הכול יגיע אחר כך.
Open Manager at the till (the PIN is 1234): sales, stock and orders of ninety days. =
  פתחו את דפי המנהל בקופה (הקוד 1234): מכירות, מלאי והזמנות של תשעים ימים.
Back = הקודם
Next = הבא
Demo = הדגמה
Reset the demo = איפוס ההדגמה
All sales and changes of this demo are deleted. = כל המכירות והשינויים בהדגמה הזו יימחקו.
Delete and start again = למחוק ולהתחיל מחדש
The demo is starting again. This takes a minute or two. = ההדגמה מתחילה מחדש. זה אורך דקה או שתיים.
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
