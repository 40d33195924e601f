"""Language models in GGUF.

A file contains its chat template and control tokens. Typed text is escaped, so it can't end or start a message. A JSON
schema is compiled to a grammar; schemas that a grammar can't enforce are refused. Answers are valid unless they
`ended` by length.

Flash attention, llama.cpp's default, is off: it's slower on a CPU (with xllamacpp and 800 tokens it read 58 tokens a
second instead of 100, with the first one after 82 ms instead of 65; on two cores of an AMD EPYC).

`xllamacpp` has no point to pause at (its server keeps generating during callbacks, and its threads are fixed), and
yields through its low priority and by avoiding the till's processor. That keeps the till's times beside busy models
within the requirements (`bench till --with-models`: tests/bench/README.md).
"""
