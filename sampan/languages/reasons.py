"""Why is a line of a plan as it is, in a reader's own language?

The engine gives its reasons as words of its own; here each becomes a sentence. A reason that somebody wrote by
hand is a person's word, and is shown as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from sampan.languages.speech import Speech


def why(
    speech: Speech, *, binding: Sequence[str], grounds: Sequence[str], chance_short: float
) -> tuple[str, ...]:
    """The sentences of a line: why this recipient, what holds the line where it is, what risk stays."""
    gettext = speech.translations.gettext
    said = [_ground(speech, each) for each in grounds] + [_limit(speech, each) for each in binding]
    if not binding:
        said.append(gettext("One pack more would change less than the plan may be off."))
    if chance_short > 0:
        said.append(
            gettext("The chance that need is still greater in the week of arrival: %(chance)s.")
            % {"chance": speech.percent(chance_short)}
        )
    return tuple(said)


def _ground(speech: Speech, word: str) -> str:
    gettext = speech.translations.gettext
    known = {
        "hard hit": gettext("It is hard hit by the epidemic."),
        "weaker health system": gettext("Its health system is weaker, so help comes before the wave."),
        "stocks for its members": gettext("It holds stocks for its members."),
        "province of home": gettext("It is a province of our own."),
    }
    return known.get(word, word)


def _limit(speech: Speech, word: str) -> str:
    gettext = speech.translations.gettext
    known = {
        "floor": gettext("This much had been promised for this week."),
        "horizon floor": gettext("This much had been promised over all weeks."),
        "absorption": gettext("More could not be put to use in that week."),
        "need met": gettext("Its need is met."),
        "stock": gettext("There is no more in our depots that week."),
        "reserve": gettext("The rest is kept for home's own need."),
        "depot reserve": gettext("The rest is kept where it lies, for that province's own need."),
        "policy": gettext("The policy gives each the same share, and no more."),
        "freight m3": gettext("There is no more room on the way there."),
        "freight kg": gettext("The way there carries no more weight."),
        "earmark": gettext("The rest was given for others: donors' earmarks hold it."),
    }
    return known.get(word, word)
