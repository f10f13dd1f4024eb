"""Voice modems: a line whose telephone is a modem on a serial port.

Start with `at.py`, which turns the modem's bytes into events and touches no port; `dialects.py` says in which words
each chipset wants to be spoken to; `modem.py` joins both to a port and makes a `Line` of it. The words are those of
ITU-T V.250 (commands and results) and V.253 (voice).
"""
