from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from donkey_gradcam.drawing.canvas import CanvasSpec, PilotCanvas
from donkey_gradcam.drawing.canvas_layout import Parts, arrange
from donkey_gradcam.drawing.heat_picture import Marked
from donkey_gradcam.settings import MapSettings, OutputSettings
from donkey_views import explained
from rlviz_cam import ReceptiveField
from rlviz_overlay import DARK, ExcludedRegions, Size

CAMERA = Size(160, 120)
SHOWN = Size(320, 240)
PLACES = arrange(SHOWN, Parts("how")).rects
SHARES = {"top": 0.25, "bottom": 0.75}
FIELD = ReceptiveField((60, 60), (8, 8), (16.0, 16.0), (24, 32), (120, 160))


def canvas(spec: dict[str, Any] | None = None, maps: dict[str, Any] | None = None, **output: Any):
    known: dict[str, Any] = {"title": "linear.h5", "pilot": "linear", "marked": Marked(CAMERA)}
    known |= {"target": "steering", "notes": ("how",), "shares": tuple(SHARES), "full_heat": 1.0}
    settings: dict[str, Any] = {"heat_scale": "fixed"} | (maps or {})
    output = {"fps": 20} | output
    return PilotCanvas(CanvasSpec(**known | (spec or {})), MapSettings(**settings), OutputSettings(**output))


def view(*values, **options):
    return explained(*values, camera=CAMERA, **options)


def drawn(made, *items):
    frame = np.empty(0, np.uint8)
    for item in items:
        frame = made.draw(item, SHARES).frame.copy()
    return frame


def part(frame, name, places=PLACES):
    return places[name].view(frame)


def changed(one, other, places=PLACES):
    """Names of the places that differ."""
    return {name for name in places if (part(one, name, places) != part(other, name, places)).any()}


def test_the_frame_has_the_size_that_was_announced_and_is_used_again():
    made = canvas()
    first, second = made.draw(view(), SHARES).frame, made.draw(view(), SHARES).frame
    assert Size.of(first) == made.size == arrange(SHOWN, Parts("how")).size
    assert first is second


def test_equal_frames_of_equal_views_are_equal():
    items = [view(index=7) for _ in range(200)]
    made = canvas(maps={"heat_scale": "typical"})
    frames = [drawn(made, item) for item in items]
    assert (frames[-1] == frames[-2]).all()


def test_the_camera_s_picture_is_shown_as_it_is():
    assert (part(drawn(canvas(), view(1.0)), "camera") == 100).all()


def test_heat_is_on_its_own_picture_alone():
    assert changed(drawn(canvas(), view(0.25)), drawn(canvas(), view(1.0))) == {"heat"}


def test_no_heat_leaves_the_picture_and_says_so_above_it():
    some, none = drawn(canvas(), view(1.0)), drawn(canvas(), view(0.0))
    assert (part(none, "heat") == 100).all()
    assert changed(some, none) == {"heat", "heat caption"}


def test_a_held_picture_is_said_above_it_and_not_on_it():
    good, held = drawn(canvas(), view()), drawn(canvas(), view(held="truncated"))
    assert changed(good, held) == {"camera caption"}
    assert (part(held, "camera caption") == DARK.warning).all(axis=2).any()
    assert not (part(good, "camera caption") == DARK.warning).all(axis=2).any()


def test_a_remark_goes_when_its_reason_goes():
    remarked, plain = canvas(), canvas()
    drawn(remarked, view(0.0, held="missing", pilot=(None, None), user=(None, None)))
    drawn(plain, view(pilot=(None, None), user=(None, None)))
    assert (drawn(remarked, view()) == drawn(plain, view())).all()


def test_the_pilot_s_steering_is_left_of_the_middle_when_it_is_negative():
    for angle, side in ((-0.5, slice(None, 160)), (0.5, slice(160, None))):
        gauge = part(drawn(canvas(), view(pilot=(angle, 0))), "gauge")
        bar = (gauge == DARK.accent).all(axis=2)
        assert bar[:, side].sum() == pytest.approx(bar.sum(), abs=40)
        assert bar.sum() > 300


def test_the_person_s_commands_are_drawn_only_when_asked_for():
    asked, not_asked = (drawn(canvas(draw_user_input=draw), view(), view()) for draw in (True, False))
    for name in ("gauge", "steering", "throttle"):
        assert (part(asked, name) == DARK.other).all(axis=2).any()
        assert not (not_asked == DARK.other).all(axis=2).any()


def test_a_person_who_is_not_known_is_drawn_nowhere_but_in_the_key():
    frame = drawn(canvas(), view(user=(None, None)))
    assert not (part(frame, "gauge") == DARK.other).all(axis=2).any()


def test_a_pilot_without_throttle_is_drawn():
    drawn(canvas(), view(pilot=(0.5, None)), view(pilot=(0.25, None)))


def test_lines_are_not_joined_across_sessions():
    def second(session):
        made = canvas(draw_user_input=False)
        return drawn(made, view(pilot=(-0.9, 0)), view(pilot=(0.9, 0), session=session))

    joined, apart = (part(second(name), "steering") for name in ("one", "two"))
    assert (joined != apart).any()


def test_an_unknown_share_is_drawn_unlike_none():
    made = canvas()
    zero, unknown = (made.draw(view(), {"top": share, "bottom": 1.0}).frame.copy() for share in (0.0, None))
    assert changed(zero, unknown) - {"steering", "throttle"} == {"shares"}


def test_how_strong_the_heat_is_goes_into_the_timeline():
    heat = np.zeros((24, 32), np.float32)
    heat[:, 16:] = 0.5
    shown = canvas().draw(view(heat), SHARES)
    assert shown.heat_peak == 0.5
    assert shown.heat_mean == pytest.approx(0.25, abs=0.01)


def test_heat_that_is_hidden_does_not_count_as_shown():
    marked = Marked(CAMERA, ExcludedRegions.parse("0,0,80,120"))
    shown = canvas({"marked": marked}).draw(view(1.0), SHARES)
    assert shown.heat_mean == 0.5


def test_heat_against_counts_as_strong_as_heat_for():
    shown = canvas(maps={"evidence": "signed"}).draw(view(-0.5), SHARES)
    assert (shown.heat_mean, shown.heat_peak) == (0.5, 0.5)


def test_the_field_of_the_strongest_cell_is_framed_on_the_heat_alone():
    heat = np.zeros((24, 32), np.float32)
    heat[3, 4] = 1
    without, with_it = (
        drawn(canvas({"field": FIELD}, {"show_field": show}), view(heat)) for show in (False, True)
    )
    rows, columns = np.nonzero((part(without, "heat") != part(with_it, "heat")).any(axis=2))
    box = FIELD.box((3, 4))
    edges = (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1)
    assert edges == pytest.approx((2 * box.top, 2 * box.bottom, 2 * box.left, 2 * box.right), abs=1)
    assert (part(without, "camera") == part(with_it, "camera")).all()


def test_the_framed_cell_is_the_strongest_of_the_evidence_that_is_shown():
    heat = np.zeros((24, 32), np.float32)
    heat[3, 4] = 1
    item = view(heat)
    mixed = replace(item, map=heat.copy())
    mixed.map[20, 28] = -9
    spec, maps = {"field": FIELD}, {"show_field": True}
    assert (drawn(canvas(spec, maps), item) == drawn(canvas(spec, maps), mixed)).all()


def test_no_field_is_framed_without_evidence():
    frame = drawn(canvas({"field": FIELD}, {"show_field": True}), view(0.0))
    assert (part(frame, "heat") == 100).all()


def test_a_field_that_is_not_known_cannot_be_shown():
    with pytest.raises(ValueError, match="--show-field"):
        canvas(maps={"show_field": True})


def test_the_chosen_bin_has_the_pilot_s_colour_and_the_person_s_place_is_marked():
    spec = {"angle_bins": 15, "throttle_bins": 20, "throttle_range": 0.8}
    places = arrange(SHOWN, Parts("how", bins=True)).rects
    chances = np.full(15, 0.01), np.full(20, 0.01)
    chances[0][3], chances[1][10] = 0.9, 0.8
    frame = drawn(canvas(spec), view(bins=(chances[0].tolist(), chances[1].tolist()), user=(1.0, 0.0)))
    angles = part(frame, "angle bins", places)
    chosen = np.nonzero((angles == DARK.accent).all(axis=2))[1].mean() / angles.shape[1]
    marked = np.nonzero((angles == DARK.other).all(axis=2))[1].mean() / angles.shape[1]
    assert chosen == pytest.approx(3.5 / 15, abs=0.03)
    assert marked == pytest.approx(14.5 / 15, abs=0.03)
    throttles = part(frame, "throttle bins", places)
    marked = np.nonzero((throttles == DARK.other).all(axis=2))[1].mean() / throttles.shape[1]
    assert marked == pytest.approx(0.5 / 20, abs=0.03)


@pytest.mark.parametrize(("steps", "shown"), [(2, 1), (3, 2), (9, 6)])
def test_earlier_steps_are_shown_with_heat_of_their_own_the_newest_to_the_right(steps, shown):
    heat = np.zeros((steps, 24, 32), np.float32)
    frame = drawn(canvas({"steps": steps}), view(heat))
    places = arrange(SHOWN, Parts("how", earlier=shown)).rects
    values = [int(part(frame, f"earlier {n}", places)[20, 20, 0]) for n in range(shown)]
    assert values == [20 * step for step in range(steps - 1)][-shown:]
    heat[-2] = 1
    hot = drawn(canvas({"steps": steps}), view(heat))
    assert f"earlier {shown - 1}" in changed(frame, hot, places)
    assert not {"heat", "earlier 0"} & (changed(frame, hot, places) - {f"earlier {shown - 1}"})


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("camera", [Size(160, 120), Size(33, 21), Size(224, 224), Size(320, 60)])
def test_any_picture_at_any_scale_can_be_drawn(camera, scale):
    spec = {"marked": Marked(camera), "title": "a_long_name_" * 9, "notes": ("many words " * 20,) * 4}
    made = canvas(spec, scale=scale)
    shown = made.draw(explained(camera=camera, held="truncated", index=10**7), SHARES)
    assert Size.of(shown.frame) == made.size


@pytest.mark.parametrize("fps", [0.5, 20, 1000])
def test_any_frame_rate_can_be_drawn(fps):
    drawn(canvas(fps=fps), view(), view())
