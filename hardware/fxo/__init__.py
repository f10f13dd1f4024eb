"""An FXO HAT: a line interface on GPIO pins and a sound card, which together are an instrument like a voice modem.

Our end looks like a telephone. The pins carry the hook, ringing and what the loop tells; the sound card carries what is
heard and said. Nothing on such a board thinks: whatever the appliance knows of the line, it hears itself.
"""
