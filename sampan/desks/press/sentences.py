"""In which sentences does a brief say its figures?

Counted nouns are messages of their own, because in several languages their case depends on the sentence that
they stand in: the context of each names that sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from sampan.desks.control.situation import PlaceSituation
from sampan.desks.press.brief import Brief, Outbreak
from sampan.languages.shown import Shown

Named = Callable[[str, str], str]
"""Makes a shown figure lead to what stands behind it, by the figure's name."""


class Sentences:
    """The sentences of one brief in one language. They are called from its templates."""

    def __init__(self, brief: Brief, shown: Shown, named: Named) -> None:
        self._brief, self._shown, self._named = brief, shown, named
        self._gettext = shown.speech.translations.gettext
        self._npgettext = shown.speech.translations.npgettext

    def decided(self) -> str:
        """For how many, and in how many batches."""
        gettext, npgettext, brief = self._gettext, self._npgettext, self._brief
        countries, organisations = brief.countries.count, brief.organisations.count
        batches = len(brief.batches)
        return self._shown.sentence(
            gettext(
                "To date, assistance has been decided for %(countries)s and %(organisations)s in %(batches)s."
            ),
            countries=self._counted(
                "countries",
                countries,
                npgettext("decided for", "%(count)s country", "%(count)s countries", countries),
            ),
            organisations=self._counted(
                "organisations",
                organisations,
                npgettext("decided for", "%(count)s organisation", "%(count)s organisations", organisations),
            ),
            batches=self._counted(
                "batches", batches, npgettext("decided in", "%(count)s batch", "%(count)s batches", batches)
            ),
        )

    def confirmed(self) -> str:
        """How much of it has its recipients' word."""
        gettext, npgettext, count = self._gettext, self._npgettext, self._brief.confirmed_by_recipient
        return self._shown.sentence(
            gettext("Recipients have confirmed %(consignments)s; nothing is called delivered before that."),
            consignments=self._counted(
                "confirmed",
                count,
                npgettext("have confirmed", "%(count)s consignment", "%(count)s consignments", count),
            ),
        )

    def abroad(self, outbreak: Outbreak) -> str:
        """The epidemic in the world."""
        gettext, npgettext = self._gettext, self._npgettext
        reporting, cases, deaths = outbreak.countries_reporting, outbreak.cases, outbreak.deaths
        return self._shown.sentence(
            gettext(
                "%(countries)s have reported %(cases)s and %(deaths)s; %(new)s in the last seven days. "
                "Abroad, the epidemic is rising in %(rising)s of them and falling in %(falling)s."
            ),
            countries=self._counted(
                "reporting",
                reporting,
                npgettext(
                    "have reported",
                    "%(count)s country or territory",
                    "%(count)s countries and territories",
                    reporting,
                ),
            ),
            cases=self._counted(
                "cases", cases, npgettext("reported", "%(count)s case", "%(count)s cases", cases)
            ),
            deaths=self._counted(
                "deaths", deaths, npgettext("reported", "%(count)s death", "%(count)s deaths", deaths)
            ),
            new=self._counted("new-cases", outbreak.new_cases, self._new_cases(outbreak.new_cases)),
            rising=self._named("rising", self._shown.number(outbreak.rising)),
            falling=self._named("falling", self._shown.number(outbreak.falling)),
        )

    def at_home(self, home: PlaceSituation, outbreak: Outbreak) -> str:
        """The epidemic at home, where it has reported."""
        gettext, shown = self._gettext, self._shown
        count = home.new_cases or 0
        if home.change is None:
            week = gettext("At home: %(new)s in seven days.")
        else:
            week = gettext("At home: %(new)s in seven days (%(change)s on the week before).")
        now = gettext(
            "Reproduction number of the infections of %(day)s: %(r)s (%(low)s to %(high)s), %(phase)s."
        )
        return shown.sentence(
            f"{week} {now}",
            new=shown.figure(count, self._filled(self._new_cases(count), count)),
            change=shown.change(home.change),
            day=shown.day(outbreak.r_day),
            r=shown.rate(home.r),
            low=shown.rate(home.r_low),
            high=shown.rate(home.r_high),
            phase=shown.speech.term(home.phase, "phase"),
        )

    def _new_cases(self, count: int) -> str:
        npgettext = self._npgettext
        return npgettext("reported", "%(count)s new case", "%(count)s new cases", count)

    def _counted(self, name: str, count: int, said: str) -> str:
        return self._named(name, self._shown.figure(count, self._filled(said, count)))

    def _filled(self, said: str, count: int) -> str:
        return said % {"count": self._shown.speech.number(count)}
