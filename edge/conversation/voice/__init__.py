"""Voice conversations.

Audio comes from a page (`/ws/voice`, over TLS or on the appliance itself, as browsers require) or from a `microphone`
and `speaker` of the shop (drivers). A recognised sentence is taken as a turn of the assistant, and its answer is
spoken.

A button is held, or listening goes on until nobody has spoken for a minute. Silero's model says when somebody
speaks, the recogniser at hand hears it held to the catalogue and the open question, `TakeTurn` is asked as by
typing, and the answer is said sentence by sentence. Whoever speaks stops our voice; a cough lets it go on at the
sentence it was in. What would change something is read a second time, held to no words: where verb, amount and a
word of the name are not the same it waits for a yes (taking back always does, and of noise it is not even asked);
and always where the recogniser never says how sure it is, as PocketSphinx, unless Whisper reads the same from that
sound. A sentence is as sure as its number, unit, act and product (`../understanding/certainty.py`); below 0.6 it asks.
"OK" and "mm" are no yes. What comes
late, never ends, loses its microphone, is shorter than a word, or is our own voice, is not acted on; what fits
neither question nor verb is not answered, and the second time listening ends. A shop's microphone listens after
its words or a press (`chat/listen`), and a beep, and acts as whoever has signed in at its register; a voice says
nothing of who it is. No sound is kept, logged or written: it stands in memory until its sentence is understood.
But for a manager's switch (`../assistant/recording.py`, on `/manager/assistant`): what is heard at one register
is kept for a quarter of an hour at most, of whoever was told so by the page's light or aloud, encrypted in a file
without a name, and wiped.
"""
