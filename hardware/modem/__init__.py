"""Voice modems: a line whose telephone is a modem on a serial port.

Start with `at.py`, which turns the modem's bytes into events and touches no port; `dialects.py` says in which words
each chipset wants to be spoken to, `identify.py` which one it is. `conversation.py` asks and waits for the answer,
`streams.py` speaks and hears, and `modem.py` makes the instrument of a line of them. `doctor.py` looks at modems for a
person, `survey.py` measures one. The words are those of ITU-T V.250 (commands and results) and V.253 (voice).
"""
