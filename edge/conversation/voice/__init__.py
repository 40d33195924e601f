"""Voice conversations.

Audio comes from a page (`/ws/voice`, over TLS or on the appliance itself, as browsers require) or from a `microphone`
and `speaker` of the shop (drivers). A recognised sentence is taken as a turn of the assistant, and its answer is
spoken.

The user holds a button, or listening continues until a minute of silence. Silero's model detects speech, the
available recogniser transcribes it within the vocabulary of the catalogue and the open question, `TakeTurn` handles
it like typed text, and the answer is spoken sentence by sentence. Speaking interrupts the answer; after a cough it
resumes with the interrupted sentence.

A sentence that would change something is transcribed a second time, without a restricted vocabulary. If the verb, the
amount and a word of the name don't match, it waits for confirmation. Undoing always does, and isn't even offered for
noise. So does everything from a recogniser without confidence scores, such as PocketSphinx, unless Whisper reads the
same from that sound. Whisper also weighs what the other model heard (`second_reading.py`): the likelier reading is the
one that is shown and proposed, and at a kiosk the one that is answered. A sentence's confidence is that of its number,
unit, act and product (`../understanding/certainty.py`); below 0.6 the assistant asks. "OK" and "mm" don't confirm
anything.

Input that comes late, never ends, loses its microphone, is shorter than a word, or is our own voice is ignored.
Input that fits neither the question nor a verb gets no answer, and the second time listening ends. A shop's
microphone listens after its wake words or a press (`chat/listen`), and a beep, and acts as the user signed in at its
register; a voice doesn't identify its speaker.

No sound is stored, logged or written: it stays in memory until its sentence is understood. The exception is a
manager's switch (`../assistant/recording.py`, on `/manager/assistant`): sound from one register is kept for at most a
quarter of an hour, encrypted in an unnamed file, and then wiped. The page's light or a spoken notice tells people so.
"""
