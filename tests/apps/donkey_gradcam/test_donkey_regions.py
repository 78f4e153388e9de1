"""Facts about targets and about the shares of evidence in parts of a picture."""

import numpy as np
import pytest

pytest.importorskip("donkey_gradcam")

from donkey_gradcam.pilots import open_pilot
from donkey_gradcam.regions import Regions, parse_polygon
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.targets import parse_target
from rlviz_cam import Placer, ReceptiveField, Target
from rlviz_overlay import Size

SIZE = Size(12, 9)
FIELD = ReceptiveField(size=(3, 3), jump=(3, 3), start=(1.0, 1.0), cells=(3, 4), pixels=(9, 12))
LINEAR = {"n_outputs0": (1,), "n_outputs1": (1,)}
BINS = {"angle_out": (15,), "throttle_out": (20,)}


def pilot(heads):
    return open_pilot({"img_in": (3, 9, 12)}, heads)


def regions(**settings):
    return Regions(MapSettings(**settings), SIZE)


def shares(evidence, **settings):
    """The shares where each cell is drawn on its own 3 x 3 pixels."""
    return regions(**settings).shares(Placer("field", FIELD))(np.asarray(evidence, np.float32))


def one_cell(y, x):
    evidence = np.zeros((3, 4))
    evidence[y, x] = -2
    return evidence


def test_steering_by_a_number_is_explained_in_its_own_direction():
    assert parse_target("steering", pilot(LINEAR), LINEAR) == Target("n_outputs0", 0, sign="own")
    assert parse_target("throttle", pilot(LINEAR), LINEAR) == Target("n_outputs1", 0, sign="own")


def test_steering_by_bins_is_explained_by_the_strongest():
    assert parse_target("steering", pilot(BINS), BINS) == Target("angle_out")


def test_an_output_by_name_is_explained_as_it_is():
    assert parse_target("n_outputs0", pilot(LINEAR), LINEAR) == Target("n_outputs0", 0)
    assert parse_target("angle_out:3", pilot(BINS), BINS) == Target("angle_out", 3)
    assert parse_target("angle_out", pilot(BINS), BINS) == Target("angle_out")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("brake", "choose steering, throttle or one of n_outputs0, n_outputs1"),
        ("n_outputs0:1", "n_outputs0 has units 0 to 0"),
        ("n_outputs0:left", "n_outputs0 has units 0 to 0"),
    ],
)
def test_a_target_that_is_not_there_is_an_error_that_lists_what_is(text, message):
    with pytest.raises(ValueError, match=message):
        parse_target(text, pilot(LINEAR), LINEAR)


def test_a_throttle_that_follows_from_the_steering_cannot_be_explained():
    heads = {"n_outputs0": (1,)}
    with pytest.raises(ValueError, match="follows from its steering"):
        parse_target("throttle", pilot(heads), heads)


def test_thirds_share_all_of_the_evidence():
    found = shares(np.ones((3, 4)))
    assert found == pytest.approx({"top": 1 / 3, "middle": 1 / 3, "bottom": 1 / 3})


def test_one_cells_evidence_lies_where_the_cell_is_drawn_whatever_its_sign():
    assert shares(one_cell(1, 2)) == pytest.approx({"top": 0, "middle": 1, "bottom": 0})


def test_excluded_evidence_is_counted():
    assert shares(one_cell(0, 0), exclude_regions="0,0,2,9")["excluded"] == pytest.approx(2 / 3)


def test_the_road_lies_below_the_horizon():
    assert shares(one_cell(2, 0), horizon=6)["road"] == pytest.approx(1)
    assert shares(one_cell(0, 0), horizon=6)["road"] == pytest.approx(0)


def test_the_steps_of_a_pilot_count_together():
    both = np.stack([one_cell(0, 0), one_cell(2, 0)])
    assert shares(both) == pytest.approx({"top": 0.5, "middle": 0, "bottom": 0.5})


def test_without_evidence_there_is_no_share():
    assert shares(np.zeros((3, 4))) == {"top": None, "middle": None, "bottom": None}


def test_a_polygon_is_read_corner_by_corner():
    assert parse_polygon("0,9 6,3 12,9") == ((0, 9), (6, 3), (12, 9))
    assert regions(road="0,9 6,3 12,9").masks["road"].any()


@pytest.mark.parametrize("text", ["0,9 6,3", "0,9 6,3 12", "a,b c,d e,f"])
def test_a_malformed_polygon_is_an_error_with_an_example(text):
    with pytest.raises(ValueError, match="three corners or more"):
        regions(road=text)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"exclude_regions": "0,0,12,9"}, "covers the whole picture of 12x9"),
        ({"exclude_regions": "20,0,30,9"}, "lies outside the picture of 12x9"),
        ({"exclude_regions": "1,2,3"}, "write it as x1,y1,x2,y2"),
        ({"road": "20,20 30,20 30,30"}, "lies outside the picture of 12x9"),
        ({"horizon": 9}, "rows 0 to 8"),
        ({"horizon": 3, "road": "0,9 6,3 12,9"}, "give one of them"),
    ],
)
def test_a_region_that_makes_no_sense_is_an_error(settings, message):
    with pytest.raises(ValueError, match=message):
        regions(**settings)
