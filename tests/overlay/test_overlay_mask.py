import numpy as np
import pytest
from rlviz_overlay import ExcludedRegions, Rect, Size, blend, colormap


def test_regions_are_read_as_corners():
    assert ExcludedRegions.parse("0,0,160,60; 10,80,20,120;").regions == (
        Rect(0, 0, 160, 60),
        Rect(10, 80, 10, 40),
    )


def test_no_text_is_no_region():
    assert ExcludedRegions.parse("").regions == ()


def test_the_mask_is_true_in_regions_and_false_elsewhere():
    mask = ExcludedRegions.parse("1,2,4,5").mask(Size(6, 7))
    assert mask.shape == (7, 6)
    assert mask.sum() == 9
    assert mask[2:5, 1:4].all()


def test_a_region_may_reach_over_the_pictures_edge():
    assert ExcludedRegions.parse("0,0,640,240").mask(Size(160, 120)).all()


def test_a_region_outside_the_picture_is_an_error():
    with pytest.raises(ValueError, match=r"0,200,160,240.*160x120"):
        ExcludedRegions.parse("0,200,160,240").mask(Size(160, 120))


def test_excluded_regions_hide_heat():
    frame = np.full((8, 8, 3), 100, np.uint8)
    heat = np.ones((8, 8), np.float32)
    hidden = ExcludedRegions.parse("0,0,8,4").hide(heat)
    picture = blend(frame, hidden, colormap("jet"), opacity=1)
    assert (picture[:4] == 100).all()
    assert (picture[4:] == colormap("jet")[255]).all()
    assert (heat == 1).all()
    assert hidden.dtype == np.float32


@pytest.mark.parametrize(
    "text", ["1,2,3", "1,2,3,4,5", "a,b,c,d", "4,0,4,5", "0,5,4,5", "-1,0,4,5", "1.5,0,4,5"]
)
def test_a_region_that_is_not_four_ordered_whole_numbers_is_an_error(text):
    with pytest.raises(ValueError, match="x1,y1,x2,y2"):
        ExcludedRegions.parse(text)
