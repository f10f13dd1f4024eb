"""Hear how a call fares: dial tone, stutter dial tone, ringback, busy, congestion, the special information tone, a fax,
a tone learned from this PBX, a voice, music, or silence.

* `frames` - what is on the line, 100 times a second
* `bursts` - cuts that into stretches in which the same few frequencies stay equally loud
* `lines` - which frequencies such a stretch consists of, to about 2 Hz
* `cadences` - the tables of the countries, and how well measured lengths fit them
* `rows` - bursts that belong together, among voices and noise
* `tones` - names tones by all that, when a burst ends and now and then in between
* `sounds` - tells voices, music and silence
* `machines` - tells keys and clicks from voices
* `receiver` - puts it together

Frequencies are measured without asking which country's they are, and the tables are looked at only at the edges of
bursts; so all tables cost as much as one. A name is given when all patterns that fit agree on it, so that one that must
be taken back is rare; a name too late does less harm than a wrong one. A tone that was named keeps its name when its
last burst is cut short.
"""

from appliance.signals.progress.receiver import ProgressEvent, ProgressReceiver

__all__ = ["ProgressEvent", "ProgressReceiver"]
