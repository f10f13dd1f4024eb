"""What there is to tell of a caller to somebody whom they did not ask for: number, name, and their own words."""

from __future__ import annotations

from appliance.acts import Sentence, sentence
from appliance.call import Briefing


def about(briefing: Briefing) -> tuple[Sentence, ...]:
    """The caller in sentences. Where they were asked and said nothing, that is told, too (R18)."""
    caller = briefing.caller_id
    told = [sentence("caller-number", number=caller.number)]
    if caller.name:
        told.append(sentence("caller-name", name=caller.name))
    for recording, nothing_said in ((briefing.who, "caller-who-not-told"), (briefing.matter, "caller-matter-not-told")):
        if recording is not None:
            told.append(sentence("recording", name=recording) if recording else sentence(nothing_said))
    return tuple(told)
