"""Speech to text and text to speech.

Sound is 16-bit samples of one channel. Microphones have 8 to 48 kHz and models need 16: `sound.py` resamples it as it
arrives.

Weaknesses:

- Wake words (PocketSphinx's keyphrases; on recordings of people ordering drinks): of 96 phrases of two or more
  syllables 59 were recognised, of "americano" and "medium roast" 8 of 9, of "twenty ounce" 1 of 3; there were 4 false
  detections, all of similar words ("iced mocha"). Three phrases that weren't spoken never triggered (344 s). `exponent`
  2.5 is the balance: at 3.5, 62 are recognised, and "hello shop" triggers twice by mistake; at 5, 67, and 11 times.
  espeak-ng's plain voice is hardly ever recognised (none of 30); its `klatt` voices, in six kinds at three speeds, are
  recognised for "hello little shop" 18 times of 18 and for "hello edge store" never, and neither triggers in 356 s of
  other speech. That is too few to rely on, so by default a microphone waits for its button. A shop that wants wake
  words chooses a phrase of four or more syllables, and tests it with its own voices.
- microWakeWord's "okay nabu" (Apache-2.0, 80 kB) isn't used: of twelve of Kokoro's voices it noticed four, quiet or at
  12 dB, and two from afar; at a threshold of 0.5 eight, eight and seven. It never triggered in 207 s of orders.
- Hebrew sentences: numbers have the gender of the counted noun if its ending shows it; a number alone is feminine, and
  1 before a noun stays before it.
"""
