"""Voice and face recognition as a sign-in hint, and customers' faces to open their carts: off until the law and the
shop's own trials allow it. See README.md."""

from __future__ import annotations

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import CART, MACHINE, STAFF
from edge.foundation.access.rights import BASKET, MANAGE, SELL
from edge.ordering.recognition import commands
from edge.ordering.recognition.customer_faces import CustomerFaces, after_merging, after_withdrawing
from edge.ordering.recognition.events import EVENTS
from edge.ordering.recognition.handlers import RecognitionHandlers, let_go_all, word_release
from edge.ordering.recognition.handlers import forget_person as forget_person
from edge.ordering.recognition.means import CUSTOMER_FACE, FACE, VOICE
from edge.ordering.recognition.project import projector
from edge.ordering.recognition.queries import personal_data_of
from edge.ordering.recognition.settings import RecognitionSettings
from edge.ordering.recognition.settings import settings_of as settings_of
from edge.people.customers.commands import MergeCustomers, WithdrawConsent


def capability(settings: RecognitionSettings) -> Capability:
    """Recognition capability with these settings."""
    voices, faces = RecognitionHandlers(settings, VOICE), RecognitionHandlers(settings, FACE)
    theirs, customers = RecognitionHandlers(settings, CUSTOMER_FACE), CustomerFaces(settings)
    return Capability(
        name="recognition",
        commands=(
            CommandSpec(commands.SetVoiceHint, voices.set_hint, right=MANAGE, reauthenticate=True, surfaces=STAFF),
            CommandSpec(commands.ReleaseVoice, voices.release, right=SELL, surfaces=STAFF),
            CommandSpec(commands.WithdrawVoice, voices.withdraw, right=SELL, surfaces=STAFF),
            CommandSpec(commands.EnrolVoice, voices.enrol, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NoteVoiceKnown, voices.note_recognition, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.SetFaceHint, faces.set_hint, right=MANAGE, reauthenticate=True, surfaces=STAFF),
            CommandSpec(commands.ReleaseFace, faces.release, right=SELL, surfaces=STAFF),
            CommandSpec(commands.WithdrawFace, faces.withdraw, right=SELL, surfaces=STAFF),
            CommandSpec(commands.EnrolFace, faces.enrol, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NoteFaceKnown, faces.note_recognition, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.SetCustomerFaces, theirs.set_hint, right=MANAGE, reauthenticate=True, surfaces=STAFF),
            CommandSpec(commands.ReleaseOwnFace, customers.release, right=BASKET, surfaces=CART),
            CommandSpec(commands.EnrolCustomerFace, theirs.enrol, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.OpenCartByFace, customers.open_cart, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.WordRelease, word_release, right=MANAGE, ask_first=True, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        after={WithdrawConsent: after_withdrawing, MergeCustomers: after_merging},
        on_restore=let_go_all,
        personal_data_of=personal_data_of,
    )
