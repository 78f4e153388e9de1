"""Facts about comparing two laps: by place and not by time."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from deepracer_analyzer.reports.comparing import compare_laps, write_comparison
from deepracer_analyzer.views import Lap, Log, Track
from deepracer_ring import drive, laps_of, log, ring
from PIL import Image


@dataclass
class Side:
    name: str
    log: Log
    laps: tuple[Lap, ...]
    track: Track


def side(*drives, name="model", track=None):
    one = log(*drives, source=f"{name}.csv")
    return Side(name, one, laps_of(one), track or ring())


def test_the_time_difference_grows_evenly_between_two_steady_laps():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12)))
    assert made.difference == pytest.approx(3 * made.places / 100)
    assert made.difference[-1] == pytest.approx(3)


def test_sectors_are_compared_by_place_and_not_by_time():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 9, off_track_at=50, pause=2)))
    assert [sector.difference for sector in made.sectors] == pytest.approx([0, 2, 0])


def test_the_speeds_are_those_of_driving_whatever_the_pauses():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 9, off_track_at=50, pause=2)))
    speeds = [speed for sector in made.sectors for speed in sector.speed]
    assert speeds == pytest.approx([ring().length / 9] * 6, rel=1e-2)


def test_lines_are_as_far_apart_as_they_were_driven():
    made = compare_laps(side(drive(ring(), 9, beside=0.2)), side(drive(ring(), 12, beside=-0.1)))
    assert made.left[0] == pytest.approx(0.2, abs=0.01)
    assert made.left[1] == pytest.approx(-0.1, abs=0.01)
    assert [sector.apart for sector in made.sectors] == pytest.approx([0.3] * 3, abs=0.01)


def test_the_fastest_complete_lap_of_each_is_taken():
    first = side(drive(ring(), 12), drive(ring(), 9), drive(ring(), 7, progress=90))
    made = compare_laps(first, side(drive(ring(), 11)))
    assert made.first.name == "model, lap 2"
    assert made.difference[-1] == pytest.approx(2)


def test_laps_may_be_chosen_also_of_one_log():
    one = side(drive(ring(), 12), drive(ring(), 9))
    made = compare_laps(one, one, chosen=(1, 2))
    assert made.difference[-1] == pytest.approx(-3)
    assert "A: model, lap 1\nB: model, lap 2\n" in made.text()


def test_a_lap_that_starts_elsewhere_is_compared_place_by_place_too():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12, start=40)))
    assert made.difference == pytest.approx(3 * made.places / 100, abs=1e-6)
    assert np.isfinite(made.speed).all()
    assert made.second.course.start == pytest.approx(40, abs=0.01)


def test_of_a_lap_that_is_not_complete_what_was_driven_is_compared():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12, start=20, progress=50)))
    assert made.places[[0, -1]] == pytest.approx([20, 70], abs=0.5)
    assert made.difference[-1] == pytest.approx(1.5, abs=0.02)
    assert np.isnan(made.sectors[0].difference)
    assert made.sectors[1].difference == pytest.approx(1)
    assert "Not both laps are complete" in made.text()


def test_two_laps_that_are_not_complete_are_compared_where_both_were():
    made = compare_laps(side(drive(ring(), 9, progress=60)), side(drive(ring(), 12, start=90, progress=50)))
    assert made.places[[0, -1]] == pytest.approx([0, 40], abs=0.5)
    assert made.difference[-1] == pytest.approx(1.2, abs=0.02)


def test_two_laps_with_nothing_in_common_are_one_line():
    with pytest.raises(ValueError, match="nothing to compare: model, lap 1 drove 0 to 30 %"):
        compare_laps(side(drive(ring(), 9, progress=30)), side(drive(ring(), 9, start=50, progress=30)))


def test_a_lap_against_itself_is_equal_everywhere():
    one = side(drive(ring(), 9, off_track_at=40))
    made = compare_laps(one, one, sectors=5)
    assert np.abs(made.difference).max() == 0
    assert [sector.apart for sector in made.sectors] == [0] * 5


def test_tracks_of_two_lengths_are_one_line():
    with pytest.raises(
        ValueError, match=r"two tracks: a\.csv on a track of 25\.12 m, b\.csv on a track of 31"
    ):
        compare_laps(side(drive(ring()), name="a"), side(drive(ring(radius=5)), name="b"))


def test_tracks_of_two_names_are_one_line():
    other = ring()
    other = Track("other", other.center, other.inner, other.outer)
    with pytest.raises(ValueError, match=r"a\.csv on ring, b\.csv on other; give two logs of one track"):
        compare_laps(side(drive(ring()), name="a"), side(drive(other), name="b", track=other))


@pytest.mark.parametrize("kind", ["the other way round", "m from it on average"])
def test_another_track_of_the_same_length_is_one_line_even_without_track_files(kind):
    first = side(drive(ring()), track=Track("driven line", ring().center))
    back = ring(clockwise=True) if kind == "the other way round" else ring()
    lap = drive(back)
    if kind != "the other way round":
        lap = lap.assign(X=lap["X"] + 5)
    with pytest.raises(ValueError, match=f"two tracks: .*{kind}"):
        compare_laps(first, side(lap, track=Track("driven line", back.center)))


def test_where_one_log_knows_the_borders_they_serve_both():
    line = Track("driven line", ring().center)
    made = compare_laps(side(drive(ring()), track=line), side(drive(ring())))
    assert made.track.name == "ring"


@pytest.mark.parametrize(
    ("chosen", "message"), [((1,), "--lap was given 1 times"), ((1, 3), "--lap 3: .* laps 1 to 1")]
)
def test_laps_that_cannot_be_chosen_are_one_line(chosen, message):
    with pytest.raises(ValueError, match=message):
        compare_laps(side(drive(ring())), side(drive(ring())), chosen=chosen)


@pytest.mark.parametrize("spoil", ["no laps", "no place", "off the track"])
def test_a_log_that_cannot_be_compared_is_one_line(spoil):
    bad = side(drive(ring()))
    if spoil == "no laps":
        bad.laps = ()
    elif spoil == "no place":
        bad = side(drive(ring()).assign(X=np.nan))
    else:
        bad = side(drive(ring()).assign(all_wheels_on_track=False))
    with pytest.raises(ValueError, match=r"^model\.csv: "):
        compare_laps(side(drive(ring())), bad)


def test_rows_without_a_value_leave_the_others_in_place():
    holes = drive(ring(), 9)
    holes.loc[30:33, "progress"] = np.nan
    holes.loc[60:63, "Y"] = np.nan
    made = compare_laps(side(holes), side(drive(ring(), 12)))
    assert made.difference == pytest.approx(3 * made.places / 100, abs=0.02)


@pytest.mark.parametrize("sectors", [1, 3, 20])
def test_the_text_has_every_sector_and_fits_100_columns(sectors):
    lines = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12)), sectors=sectors).text().splitlines()
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith("S") for line in lines) == sectors
    assert any(line.split() == ["all", "9.000", "12.000", "+3.000", "2.79", "2.09", "0.00"] for line in lines)


def test_where_most_time_is_lost_is_said():
    made = compare_laps(side(drive(ring(), 9, off_track_at=50, pause=2)), side(drive(ring(), 9)))
    assert "Most within 5 % of the track: A loses 2.00 s from" in made.text()


def test_json_holds_what_the_table_says():
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12, progress=50)))
    data = json.loads(json.dumps(made.data(), allow_nan=False))
    assert data["sectors"][0]["difference"] == pytest.approx(1)
    assert data["sectors"][2]["seconds"][1] is None
    assert [lap["complete"] for lap in data["laps"]] == [True, False]
    assert len(data["places"]) == len(data["difference"]) == len(data["speed"][0]) == len(data["left"][1])


def test_a_figure_is_the_same_bytes_each_time(tmp_path):
    made = compare_laps(side(drive(ring(), 9, off_track_at=30)), side(drive(ring(), 12, start=40)))
    for name in ("first", "second"):
        write_comparison(made, tmp_path / f"{name}.svg")
    first, second = ((tmp_path / f"{name}.svg").read_bytes() for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize("sectors", [1, 9])
def test_a_figure_of_parts_of_two_laps_can_be_drawn(sectors, tmp_path):
    line = Track("driven line", ring().center)
    one, two = drive(ring(), 9, progress=60), drive(ring(), 12, start=90, progress=50)
    made = compare_laps(side(one, track=line), side(two, track=line), sectors=sectors)
    write_comparison(made, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width == 1200


def test_a_figure_is_not_overwritten_unless_forced(tmp_path):
    (tmp_path / "a.png").write_text("mine")
    made = compare_laps(side(drive(ring(), 9)), side(drive(ring(), 12)))
    with pytest.raises(FileExistsError, match="--force"):
        write_comparison(made, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"
