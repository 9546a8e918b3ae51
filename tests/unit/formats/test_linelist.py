from __future__ import annotations

from sampan.formats.linelist import count_people

HEAD = "id,country,onset,report,outcome,outcome_date\n"


def test_onsets_and_report_delays_are_counted() -> None:
    counts = count_people(
        (
            HEAD + "1,Italy,2020-03-01,2020-03-01,,\n2,Italy,2020-03-01,2020-03-03,,\n3,Italy,,2020-03-02,,\n"
        ).encode()
    )
    assert counts.onsets.ravel().tolist() == [2, 0, 0]
    assert counts.report_delays.tolist() == [1, 0, 1]


def test_without_onsets_there_are_no_delays() -> None:
    counts = count_people((HEAD + "1,Italy,,2020-03-01,,\n").encode())
    assert counts.onsets.sum() == 0
    assert counts.report_delays.size == 0


def test_an_onset_before_the_first_report_is_left_out_of_the_daily_onsets() -> None:
    counts = count_people((HEAD + "1,Italy,2020-02-20,2020-03-01,,\n").encode())
    assert counts.onsets.shape == (1, 1)
    assert counts.onsets.sum() == 0
    assert counts.report_delays[10] == 1
