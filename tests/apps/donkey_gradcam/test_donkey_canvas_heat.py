from typing import Any

import numpy as np
import pytest
from donkey_gradcam.drawing.heat_picture import HeatPainter, Marked
from donkey_gradcam.settings import MapSettings
from donkey_views import CAMERA, explained, picture
from rlviz_overlay import ExcludedRegions, Size

DISPLAYED = Size(128, 96)
LEFT_HALF = Marked(CAMERA, ExcludedRegions.parse("0,0,32,48"))


def painter(marked=None, full_heat: float | None = 1.0, **settings: Any):
    chosen: dict[str, Any] = {"heat_scale": "fixed"} | settings
    return HeatPainter(MapSettings(**chosen), marked or Marked(CAMERA), full_heat)


def spot():
    heat = np.zeros((24, 32), np.float32)
    heat[6:12, 20:28] = 1
    return heat


def test_heat_is_divided_by_the_value_of_full_heat_and_clipped():
    one = painter(full_heat=2.0)
    assert one.heat(explained(0.5)).max() == 0.25
    assert one.heat(explained(7)).max() == 1


def test_equal_views_give_equal_pictures_whatever_came_before():
    one = painter(heat_scale="typical")
    shown = [
        one.paint(picture(), one.at(one.heat(item)[-1], CAMERA)) for item in map(explained, (0.5, 9, 0.5))
    ]
    assert (shown[0] == shown[2]).all()
    assert (shown[0] != shown[1]).any()


def test_heat_is_shown_where_it_lies():
    one = painter()
    shown = one.at(one.heat(explained(spot()))[-1], DISPLAYED)
    rows, columns = np.nonzero(shown > 0.5)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (24, 48, 80, 112)


def test_smoothing_begins_anew_at_each_session():
    one = painter(smooth=1.0)
    sessions = [("a", 1.0), ("a", 0.0), ("b", 0.0), ("b", 1.0)]
    peaks = [float(one.heat(explained(value, session=session)).max()) for session, value in sessions]
    assert peaks == [1, 0.5, 0, 0.5]


def test_drives_without_sessions_are_one_session():
    one = painter(smooth=1.0)
    news = []
    for _ in range(3):
        one.heat(explained(session=None))
        news.append(one.new_session)
    assert news == [True, False, False]


def test_a_scale_of_the_episode_begins_anew_at_each_session():
    one = painter(heat_scale="episode", full_heat=None)
    sessions = [("a", 4.0), ("a", 1.0), ("b", 1.0)]
    assert [one.heat(explained(value, session=name)).max() for name, value in sessions] == [1, 0.25, 1]


def test_after_a_restart_a_frame_stands_for_itself():
    one = painter(smooth=5.0)
    one.heat(explained(1.0))
    one.restart()
    assert one.heat(explained(0.0)).max() == 0


def test_every_step_of_a_pilot_of_several_is_scaled_alike():
    steps = np.stack([np.full((24, 32), value, np.float32) for value in (0.25, 0.5, 1.0)])
    assert painter(full_heat=2.0).heat(explained(steps)).max(axis=(1, 2)).tolist() == [0.125, 0.25, 0.5]


def test_no_heat_is_shown_in_excluded_regions_and_all_of_it_elsewhere():
    one = painter(LEFT_HALF)
    for size in (CAMERA, DISPLAYED, Size(97, 31)):
        shown = one.at(one.heat(explained(1.0))[-1], size)
        columns = np.arange(size.width) * 64 // size.width
        assert (shown[:, columns < 32] == 0).all()
        assert (shown[:, columns >= 32] == 1).all()


def test_an_excluded_region_is_outlined_and_its_inside_is_the_picture():
    one = painter(LEFT_HALF)
    painted = one.paint(picture(), one.at(one.heat(explained(1.0))[-1], CAMERA))
    assert (painted[1:-1, 1:31] == 100).all()
    assert (painted[0, :32] != 100).all()
    assert (painted[:, 31] != 100).all()


def test_the_road_is_outlined():
    marked = Marked(CAMERA, road=((0, 47), (20, 10), (40, 10), (63, 47)))
    one = painter(marked)
    painted = one.paint(picture(), np.zeros((48, 64), np.float32))
    assert (painted[10, 20:41] > 100).all()
    assert (painted[12:46, 25:35] == 100).all()


def test_what_the_outlines_mean_is_said():
    assert Marked(CAMERA).note == ""
    assert "Grey frame" in LEFT_HALF.note
    assert "White line" not in LEFT_HALF.note
    assert "White line" in Marked(CAMERA, road=((0, 0), (9, 0), (9, 9))).note


def test_a_region_outside_the_picture_is_an_error():
    with pytest.raises(ValueError, match="outside the picture of 64x48"):
        painter(Marked(CAMERA, ExcludedRegions.parse("100,0,120,10")))


@pytest.mark.parametrize(
    ("evidence", "remark"),
    [
        ("positive", "No positive evidence"),
        ("negative", "No negative evidence"),
        ("absolute", "No evidence in this layer"),
        ("signed", "No evidence in this layer"),
    ],
)
def test_a_picture_without_evidence_says_so(evidence, remark):
    one, item = painter(evidence=evidence), explained(0.0)
    assert one.remark(item, one.at(one.heat(item)[-1], CAMERA)) == remark


def test_a_picture_with_evidence_needs_no_remark():
    one, item = painter(), explained(spot())
    assert one.remark(item, one.at(one.heat(item)[-1], CAMERA)) == ""


def test_a_picture_whose_evidence_is_all_hidden_says_so():
    heat = np.zeros((24, 32), np.float32)
    heat[:, :8] = 1
    one, item = painter(LEFT_HALF), explained(heat)
    shown = one.at(one.heat(item)[-1], CAMERA)
    assert one.remark(item, shown) == "All evidence lies in excluded regions"


def test_evidence_for_and_against_have_different_colours():
    one = painter(evidence="signed")
    heat = np.zeros((24, 32), np.float32)
    heat[:, :16], heat[:, 16:] = -1, 1
    painted = one.paint(picture(), one.at(one.heat(explained(heat))[-1], CAMERA)).astype(int)
    against, favour = painted[24, 8], painted[24, 56]
    assert against[2] > against[0]
    assert favour[0] > favour[2]


def test_heat_can_be_painted_into_a_part_of_a_canvas():
    canvas = np.zeros((60, 80, 3), np.uint8)
    one = painter(LEFT_HALF)
    heat = one.at(one.heat(explained(1.0))[-1], CAMERA)
    part = canvas[6:54, 8:72]
    one.paint(picture(), heat, out=part)
    assert (part == one.paint(picture(), heat)).all()
    part[...] = 0
    assert not canvas.any()
