"""What can be heard and said on a line, as pure maths on samples: no device, no clock, no thread.

Everywhere: 8000 samples a second, arrays of float64 (or int16) in units of int16, and a full-scale sine is +3.14 dBm0.
A receiver is fed blocks of any length, as they come, and answers with what it has recognised; cutting the same sound
into other blocks changes nothing. Positions (`at`) are samples since the receiver was made.

* `levels` - dBm0 and amplitudes
* `codec` - samples to and from the bytes of a voice modem
* `adpcm` - the same with a memory: IMA ADPCM
* `generate` - tones, DTMF, noise; `ToneSource` streams a call-progress tone
* `countries` - tones, ring cadence and caller-ID modem of each country
* `dtmf` - hears keys
* `callerid` - writes, sends, hears and reads caller-ID messages
* `progress` - hears dial tone, ringback, busy, congestion, the special information tone, faxes, voices, music
* `learn` - learns the tones that a PBX has of its own
* `ears` - all receivers of one line together
* `resample` - sound of any rate as sound of another
* `steps` - cuts a stream into the equal pieces that the receivers look at
"""
