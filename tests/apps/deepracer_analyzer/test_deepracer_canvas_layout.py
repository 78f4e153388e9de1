"""Where everything is on the picture."""

from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest
from deepracer_analyzer.drawing.layout import Arrangement, arrange, hud_regions
from deepracer_analyzer.simulation.view import View
from deepracer_replay import VIDEO, make_canvas, moment, noise
from rlviz_overlay import DARK, Rect, Size

SIZES = [(640, 500), (960, 750), (1280, 1000)]
OTHERS = [(320, 240), (800, 600), (641, 501), (1920, 1080), (400, 800), (3840, 2160)]
VIDEOS = [VIDEO, Size(1280, 720), Size(480, 640), Size(320, 240), None]
OVER = ("polar", "car", "lap", "simulation")
PARTS = (*OVER, "note", "footnote", "bar")


def rects(places: Arrangement, names=PARTS) -> dict[str, Rect]:
    return {name: getattr(places, name) for name in names}


def area(rect: Rect) -> int:
    return rect.width * rect.height


@pytest.mark.parametrize("size", SIZES)
def test_nothing_lies_over_what_the_simulator_writes(size):
    places = arrange(Size(*size), VIDEO)
    for name, rect in rects(places, OVER).items():
        assert [region for region in hud_regions(places.video) if area(region.clip(rect))] == [], name


@pytest.mark.parametrize("size", SIZES)
def test_no_pixel_of_what_the_simulator_writes_is_changed(size):
    canvas, frame = make_canvas(size=size), noise()
    bare = canvas.draw(frame, moment(0), View(action_space=False, annotations=False))
    regions = hud_regions(arrange(Size(*size), VIDEO).video)
    for row in (0, 57, 130):
        drawn = canvas.draw(frame, moment(row), View(gaussian_size=100))
        assert (drawn != bare).any()
        for region in regions:
            assert (region.view(drawn) == region.view(bare)).all()


@pytest.mark.parametrize("size", SIZES + OTHERS)
@pytest.mark.parametrize("video", VIDEOS)
def test_nothing_overlaps_and_everything_is_in_the_picture(size, video):
    places = arrange(Size(*size), video)
    for rect in rects(places).values():
        assert Rect.whole(places.size).contains(rect)
    for (one, first), (other, second) in combinations(rects(places).items(), 2):
        assert area(first.clip(second)) == 0, (one, other)


@pytest.mark.parametrize("size", SIZES)
def test_the_track_lies_clear_of_the_variables_where_there_is_no_video(size):
    places = arrange(Size(*size), None)
    assert area(places.map) > 0.2 * area(places.video)
    for name, rect in rects(places).items():
        assert area(places.map.clip(rect)) == 0, name


def test_at_640x500_not_a_pixel_of_the_video_is_scaled():
    frame = noise()
    drawn = make_canvas().draw(frame, moment(3), View(action_space=False, annotations=False))
    assert (drawn[:480] == frame).all()


def test_the_picture_of_640x500_is_as_it_always_was():
    places = arrange(Size(640, 500), VIDEO)
    assert places.strip == Rect(0, 480, 640, 20)
    assert places.bar.bottom == 500
    assert places.bar.height <= 5
    assert abs(places.car.y - 480 / 3) < 8
    assert places.lap.bottom <= 298


@pytest.mark.parametrize("factor", [1.5, 2])
def test_everything_grows_with_the_picture(factor):
    small = arrange(Size(640, 500), VIDEO)
    large = arrange(Size(round(640 * factor), round(500 * factor)), VIDEO)
    assert large.unit == factor
    for field in fields(Arrangement):
        one, other = getattr(small, field.name), getattr(large, field.name)
        if isinstance(one, Rect) and field.name not in {"note", "footnote"}:
            for name in ("x", "y", "right", "bottom"):
                assert abs(getattr(other, name) - factor * getattr(one, name)) <= 1.5, field.name


@pytest.mark.parametrize("video", [Size(1280, 720), Size(480, 640), Size(720, 480)])
def test_a_video_of_another_shape_keeps_it_between_dark_bars(video):
    places = arrange(Size(640, 500), video)
    assert abs(places.video.width / places.video.height - video.width / video.height) < 0.02
    assert places.video.width == 640 or places.video.height == 480
    drawn = make_canvas().draw(np.full((video.height, video.width, 3), 255, np.uint8), moment(3), View())
    dark = np.ones(drawn.shape[:2], bool)
    dark[480:] = False
    places.video.view(dark)[...] = False
    assert (drawn[dark] == DARK.background).all()
