"""Recordings whose content is known, made from the facts: what receivers of every make are measured on.

Each module makes one kind of corpus, a recording at a time and the same one for the same seed, so that nothing large
has to be kept. A recording says what is on it (`truth`), in which condition, and whether the receivers must take it or
must leave it.
"""
