"""Speech to text and text to speech.

What is heard and said, as 16-bit samples of one channel. Microphones have 8 to 48 kHz and models want 16:
`sound.py` makes one into the other as it comes in.

What is weak:

- The word that wakes (PocketSphinx's keyphrases; on recordings of people who order drinks): of 96 phrases of two
  or more syllables 59 were heard, of "americano" and "medium roast" 8 of 9, of "twenty ounce" 1 of 3; 4 were
  heard that were not said, all beside ones that sound alike ("iced mocha"). Three phrases that nobody said woke
  never (344 s). `exponent` 2.5 is where that turns: at 3.5 62 are heard, and "hello shop" wakes twice for
  nothing; at 5 67, and 11 times. What espeak-ng's plain voice says is hardly ever heard (none of 30); its `klatt`
  voices, in six kinds at three speeds, are heard to say "hello little shop" 18 times of 18 and "hello edge store"
  never, and neither wakes in 356 s of other speech: so the former is what a microphone waits for where nothing is
  said. Take a phrase of four syllables or more, and try it with the voices of the shop.
- Sentences of Hebrew: numbers have the gender of what is counted where its ending shows it; one that stands alone
  is feminine, and 1 before a noun stays there.
"""
