"""Facts about lap tables: sectors, the best composite lap, text and JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest
from deepracer_analyzer.reports.laps_table import laps_report
from deepracer_analyzer.reports.places import follow, row_places
from deepracer_analyzer.reports.sectors import sector_of
from deepracer_analyzer.views import Track
from deepracer_ring import drive, laps_of, log, ring


def report(*drives, sectors=3, track=None):
    one = log(*drives)
    return laps_report(one, laps_of(one), track or ring(), sectors=sectors)


def test_at_constant_speed_equal_sectors_take_equal_times():
    assert report(drive(ring(), 9)).sectors.seconds == pytest.approx(np.full((1, 3), 3.0))


@pytest.mark.parametrize("sectors", [1, 2, 4, 7, 20])
def test_the_sectors_of_a_whole_lap_add_up_to_its_time(sectors):
    made = report(drive(ring(), 9.5, off_track_at=40), sectors=sectors)
    assert made.sectors.seconds.shape == (1, sectors)
    assert made.sectors.seconds.sum() == pytest.approx(made.laps[0].seconds)


def test_a_pause_counts_in_the_sector_it_was_spent_in():
    seconds = report(drive(ring(), 9, off_track_at=50, pause=2)).sectors.seconds[0]
    assert seconds == pytest.approx([3, 5, 3])


def test_a_car_that_is_put_back_behind_a_line_crosses_it_when_it_first_did():
    back = drive(ring(), 9, off_track_at=34)
    back.loc[back["episode_status"] == "pause", "progress"] -= 2
    assert report(back).sectors.seconds[0] == pytest.approx([3, 4, 3])


def test_the_clock_of_the_race_starts_before_the_first_row():
    one = log(drive(ring(), 9))
    lap = replace(laps_of(one)[0], seconds=9.07, timed_by="metrics")
    assert laps_report(one, (lap,), ring()).sectors.seconds[0] == pytest.approx([3.07, 3, 3])


def test_a_lap_time_that_does_not_suit_the_log_leaves_the_sectors_alone():
    one = log(drive(ring(), 9))
    lap = replace(laps_of(one)[0], seconds=30.0, timed_by="metrics")
    assert laps_report(one, (lap,), ring()).sectors.seconds[0] == pytest.approx([3, 3, 3])


def test_a_rolling_start_begins_at_the_line():
    rolling = drive(ring(), 9).iloc[1:].reset_index(drop=True)  # the first row is beyond the line
    one = log(rolling)
    lap = replace(laps_of(one)[0], seconds=9.0, timed_by="metrics")
    assert laps_report(one, (lap,), ring()).sectors.seconds[0] == pytest.approx([3, 3, 3])


def test_a_sector_that_was_not_driven_whole_is_unknown():
    seconds = report(drive(ring(), 9, progress=80)).sectors.seconds[0]
    assert seconds[:2] == pytest.approx([3, 3])
    assert np.isnan(seconds[2])


def test_a_lap_that_starts_elsewhere_knows_the_sectors_it_drove_in_one_go():
    seconds = report(drive(ring(), 10, start=25), sectors=4).sectors.seconds[0]
    assert seconds == pytest.approx([2.5, 2.5, 2.5, 2.5])
    seconds = report(drive(ring(), 9, start=50)).sectors.seconds[0]
    assert seconds[[0, 2]] == pytest.approx([3, 3])
    assert np.isnan(seconds[1])


def test_a_lap_of_a_log_without_a_track_file_starts_where_its_line_says():
    one = log(drive(ring(), 10), drive(ring(), 10, start=25))
    line = Track("driven line", ring().center)
    first, second = follow(one, laps_of(one), line)
    assert first.start == 0
    assert second.start == pytest.approx(25, abs=0.5)


def test_the_best_composite_lap_is_the_sum_of_the_best_sectors():
    made = report(drive(ring(), 9, off_track_at=10), drive(ring(), 9, off_track_at=50), drive(ring(), 9.6))
    assert made.sectors.best_laps == (1, 0, 0)
    assert made.sectors.composite == pytest.approx(9)
    assert made.best_lap == 2
    assert "Best lap: 3, 9.600 s." in made.text()
    assert "Best composite lap: 9.000 s, 0.600 s under the best lap (S1 of lap 2" in made.text()


def test_the_best_composite_lap_is_unknown_where_a_sector_is():
    made = report(drive(ring(), 9, progress=50), drive(ring(), 9, progress=60))
    assert np.isnan(made.sectors.composite)
    assert made.data()["best_composite_seconds"] is None
    assert "unknown, no lap drove S2, S3 from end to end" in made.text()
    assert "Best lap: none was completed." in made.text()


def test_a_best_lap_that_is_best_everywhere_says_so():
    assert "the best lap itself" in report(drive(ring(), 9), drive(ring(), 10)).text()


def test_times_of_laps_that_were_not_completed_are_in_brackets():
    lines = report(drive(ring(), 9), drive(ring(), 9, progress=50)).text().splitlines()
    assert "9.000*" in lines[2]
    assert "(4.500)" in lines[3]


def test_the_episode_is_named_where_it_is_not_the_laps_number():
    one = log(drive(ring(), 9))
    assert "episode" not in laps_report(one, laps_of(one), ring()).text()
    one.frame["episode"] += 280
    text = laps_report(one, laps_of(one), ring()).text()
    assert "episode" in text.splitlines()[0]
    assert "280" in text.splitlines()[2]


@pytest.mark.parametrize("sectors", [1, 3, 8, 20])
@pytest.mark.parametrize("slower", [1, 40])
def test_the_table_has_every_lap_and_fits_100_columns(sectors, slower):
    lap = drive(ring(), 9)
    one = log(*[lap.assign(tstamp=lap["tstamp"] * slower)] * 12)
    text = laps_report(one, laps_of(one), ring(), sectors=sectors).text()
    assert max(map(len, text.splitlines())) <= 100
    assert all(f"\n {number:2d}  " in text for number in range(1, 13))
    assert f"S{sectors}" in text


def test_json_holds_what_the_table_says():
    made = report(drive(ring(), 9), drive(ring(), 9, progress=50))
    data = json.loads(json.dumps(made.data(), allow_nan=False))
    assert [lap["lap"] for lap in data["laps"]] == [1, 2]
    assert data["laps"][0]["sectors"] == pytest.approx([3, 3, 3])
    assert data["laps"][1]["sectors"] == [pytest.approx(3), None, None]
    assert data["laps"][1]["complete"] is False
    assert [sector["to"] for sector in data["sectors"]] == pytest.approx([100 / 3, 200 / 3, 100])
    assert [sector["best_lap"] for sector in data["sectors"]] == [1, 1, 1]
    assert data["best_lap"] == 1
    assert data["best_composite_seconds"] == pytest.approx(9)
    assert data["track"] == {"name": "ring", "length": pytest.approx(ring().length)}


def test_rows_without_a_value_leave_the_others_in_place():
    holes = drive(ring(), 9)
    holes.loc[10:20, "progress"] = np.nan
    holes.loc[30:33, "X"] = np.nan
    holes.loc[40:43, "tstamp"] = np.nan
    assert report(holes).sectors.seconds[0] == pytest.approx([3, 3, 3])


def test_a_lap_of_which_nothing_is_known_has_no_sectors():
    empty = drive(ring(), 9).assign(progress=np.nan)
    assert np.isnan(report(empty, drive(ring(), 9)).sectors.seconds[0]).all()


def test_a_log_without_laps_is_one_line():
    with pytest.raises(ValueError, match=r"ring\.csv: no laps"):
        laps_report(log(drive(ring())), (), ring())


@pytest.mark.parametrize("sectors", [0, -1, 21])
def test_a_number_of_sectors_that_cannot_be_is_one_line(sectors):
    with pytest.raises(ValueError, match=f"--sectors {sectors}: give 1 to 20"):
        report(drive(ring()), sectors=sectors)


def test_each_row_has_a_place_on_the_track_and_a_sector():
    one = log(drive(ring(), 10, start=50))
    places = row_places(one, follow(one, laps_of(one), ring()))
    assert places[:3] == pytest.approx([50, 50.5, 51])
    assert places[110] == pytest.approx(5)
    assert sector_of(np.array([0, 24.9, 25, 99.9, 100, np.nan]), 4) == pytest.approx(
        [0, 0, 1, 3, 3, np.nan], nan_ok=True
    )
