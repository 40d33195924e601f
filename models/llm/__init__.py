"""Language models in GGUF.

Language models in GGUF. A file tells its chat template and its control tokens: whatever somebody types stays
text, and cannot end a message or begin one. A JSON schema becomes a grammar, never a hint: what a grammar cannot
promise is refused, and an answer is valid unless it `ended` by its length.

Flash attention, which llama.cpp takes by itself, is off: on a processor it is the slower way (with xllamacpp and
800 tokens read 58 tokens a second instead of 100, and the first one after 82 ms instead of 65; two cores of an
AMD EPYC).

`xllamacpp` has no place to rest at (the server writes on while its callback waits, and its threads are fixed),
and gives way by its low priority and by keeping off the till's processor alone. The till's times beside busy
models keep within what is asked of them that way (`bench till --with-models`: tests/bench/README.md).
"""
