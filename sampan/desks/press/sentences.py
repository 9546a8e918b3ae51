"""In which sentences does a brief say its figures?

Counted nouns are messages of their own, because in several languages their case depends on the sentence that
they stand in: the context of each names that sentence.
"""

from __future__ import annotations

from sampan.desks.control.situation import PlaceSituation
from sampan.desks.press.beyond_goods import Received, Teams
from sampan.desks.press.brief import Brief, Outbreak
from sampan.desks.press.document import Run, Runs
from sampan.desks.press.teller import Teller


class Sentences:
    """The sentences of one brief in one language."""

    def __init__(self, brief: Brief, teller: Teller) -> None:
        self._brief, self._teller = brief, teller
        self._gettext, self._npgettext = teller.gettext, teller.npgettext

    def decided(self) -> Runs:
        """For how many, and in how many batches."""
        gettext, npgettext, brief = self._gettext, self._npgettext, self._brief
        countries, organisations = brief.countries.count, brief.organisations.count
        batches = len(brief.batches)
        counted = self._teller.counted
        return self._teller.sentence(
            gettext(
                "To date, assistance has been decided for %(countries)s and %(organisations)s in %(batches)s."
            ),
            countries=counted(
                "countries",
                countries,
                npgettext("decided for", "%(count)s country", "%(count)s countries", countries),
            ),
            organisations=counted(
                "organisations",
                organisations,
                npgettext("decided for", "%(count)s organisation", "%(count)s organisations", organisations),
            ),
            batches=counted(
                "batches", batches, npgettext("decided in", "%(count)s batch", "%(count)s batches", batches)
            ),
        )

    def confirmed(self) -> Runs:
        """How much of it has its recipients' word."""
        gettext, npgettext, count = self._gettext, self._npgettext, self._brief.confirmed_by_recipient
        return self._teller.sentence(
            gettext("Recipients have confirmed %(consignments)s; nothing is called delivered before that."),
            consignments=self._teller.counted(
                "confirmed",
                count,
                npgettext("have confirmed", "%(count)s consignment", "%(count)s consignments", count),
            ),
        )

    def teams(self, sent: Teams) -> Runs:
        """Which teams were sent."""
        gettext, npgettext, counted = self._gettext, self._npgettext, self._teller.counted
        to = sent.recipients.count
        return self._teller.sentence(
            gettext("Sent to %(recipients)s: %(teams)s with %(people)s."),
            teams=counted(
                "teams",
                sent.teams,
                npgettext("have been sent", "%(count)s team", "%(count)s teams", sent.teams),
            ),
            people=counted(
                "experts",
                sent.people,
                npgettext("teams with", "%(count)s expert", "%(count)s experts", sent.people),
            ),
            recipients=counted(
                None,
                to,
                npgettext("sent to", "%(count)s recipient", "%(count)s recipients", to),
            ),
        )

    def helped_us(self, got: Received) -> Runs:
        """Who has helped us."""
        gettext, npgettext, counted = self._gettext, self._npgettext, self._teller.counted
        countries, organisations = got.countries.count, got.organisations.count
        return self._teller.sentence(
            gettext("%(countries)s and %(organisations)s have given us help that has reached us."),
            countries=counted(
                "helped-us-countries",
                countries,
                npgettext("have helped us", "%(count)s country", "%(count)s countries", countries),
            ),
            organisations=counted(
                "helped-us-organisations",
                organisations,
                npgettext(
                    "have helped us", "%(count)s organisation", "%(count)s organisations", organisations
                ),
            ),
        )

    def thanks(self) -> Runs:
        """That we are grateful."""
        gettext = self._gettext
        return (Run(gettext("We thank each of them, and everybody who gave through them.")),)

    def abroad(self, outbreak: Outbreak) -> Runs:
        """The epidemic in the world."""
        gettext, npgettext = self._gettext, self._npgettext
        counted, teller = self._teller.counted, self._teller
        reporting, cases, deaths = outbreak.countries_reporting, outbreak.cases, outbreak.deaths
        return teller.sentence(
            gettext(
                "%(countries)s have reported %(cases)s and %(deaths)s; %(new)s in the last seven days. "
                "Abroad, the epidemic is rising in %(rising)s of them and falling in %(falling)s."
            ),
            countries=counted(
                "reporting",
                reporting,
                npgettext(
                    "have reported",
                    "%(count)s country or territory",
                    "%(count)s countries and territories",
                    reporting,
                ),
            ),
            cases=counted("cases", cases, npgettext("reported", "%(count)s case", "%(count)s cases", cases)),
            deaths=counted(
                "deaths", deaths, npgettext("reported", "%(count)s death", "%(count)s deaths", deaths)
            ),
            new=counted("new-cases", outbreak.new_cases, self._new_cases(outbreak.new_cases)),
            rising=teller.number(outbreak.rising, "rising"),
            falling=teller.number(outbreak.falling, "falling"),
        )

    def at_home(self, home: PlaceSituation, outbreak: Outbreak) -> Runs:
        """The epidemic at home, where it has reported."""
        gettext, teller = self._gettext, self._teller
        count = home.new_cases or 0
        if home.change is None:
            week = gettext("At home: %(new)s in seven days.")
        else:
            week = gettext("At home: %(new)s in seven days (%(change)s on the week before).")
        now = gettext(
            "Reproduction number of the infections of %(day)s: %(r)s (%(low)s to %(high)s), %(phase)s."
        )
        return teller.sentence(
            f"{week} {now}",
            new=teller.counted("home-new-cases", count, self._new_cases(count)),
            change=teller.change(home.change),
            day=teller.day(outbreak.r_day),
            r=teller.rate(home.r),
            low=teller.rate(home.r_low),
            high=teller.rate(home.r_high),
            phase=teller.speech.term(home.phase, "phase"),
        )

    def caveat(self) -> Runs:
        """How the figures are to be read."""
        gettext = self._gettext
        return (
            Run(
                gettext(
                    "Cases are counted where they were reported: an infection brought from abroad counts in "
                    "the country that reported it, not in the one where it was caught. Countries test and "
                    "report differently."
                )
            ),
        )

    def _new_cases(self, count: int) -> str:
        npgettext = self._npgettext
        return npgettext("reported", "%(count)s new case", "%(count)s new cases", count)
