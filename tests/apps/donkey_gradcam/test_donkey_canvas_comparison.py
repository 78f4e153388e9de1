from dataclasses import replace

import numpy as np
import pytest
from donkey_gradcam.drawing.comparison_canvas import ComparisonCanvas, ComparisonSpec
from donkey_gradcam.drawing.heat_picture import Marked
from donkey_gradcam.settings import MapSettings, OutputSettings
from donkey_views import explained
from rlviz_cam import ReceptiveField
from rlviz_overlay import DARK, Size

CAMERA = Size(160, 120)
NAMES = ("linear.h5", "categorical.h5", "rnn.h5", "a_very_long_name_of_a_pilot_" * 4)


def canvas(count=2, full_heats=None, camera=CAMERA, scale=2):
    spec = ComparisonSpec(
        "pilots on a tub", NAMES[:count], Marked(camera), ("how",), full_heats or (1.0,) * count
    )
    return ComparisonCanvas(spec, MapSettings(heat_scale="fixed"), OutputSettings(scale=scale, fps=20))


def drawn(made, *items, errors=None):
    return made.draw(items, errors or [0.25] * len(items)).copy()


def view(*values, **options):
    return explained(*values, camera=CAMERA, **options)


def columns_that_differ(one, other):
    """The part of the width, from the left, in which two frames differ: first and last."""
    columns = np.flatnonzero((one != other).any(axis=(0, 2)))
    return columns[0] / one.shape[1], columns[-1] / one.shape[1]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize(
    ("camera", "scale"), [(CAMERA, 2), (CAMERA, 1), (Size(33, 21), 1), (Size(320, 60), 2)]
)
def test_frames_are_even_wide_enough_and_of_the_size_announced(count, camera, scale):
    made = canvas(count, camera=camera, scale=scale)
    frame = drawn(made, *[explained(camera=camera)] * count)
    assert Size.of(frame) == made.size
    assert made.size.width % 2 == made.size.height % 2 == 0
    assert made.size.width >= 640


def test_each_pilot_has_a_column_of_its_own():
    same = drawn(canvas(), view(0.5), view(0.5))
    first, last = columns_that_differ(same, drawn(canvas(), view(0.5), view(1.0)))
    assert 0.5 <= first <= last
    first, last = columns_that_differ(same, drawn(canvas(), view(1.0), view(0.5)))
    assert first <= last <= 0.5


def test_each_pilot_has_a_scale_of_its_own():
    one = drawn(canvas(full_heats=(1.0, 2.0)), view(0.5), view(1.0))
    other = drawn(canvas(full_heats=(1.0, 1.0)), view(0.5), view(0.5))
    assert (one == other).all()


def test_the_error_so_far_stands_in_its_column():
    frames = [drawn(canvas(), view(), view(), errors=[0.1, error]) for error in (0.2, None)]
    first, last = columns_that_differ(*frames)
    assert 0.5 <= first <= last


def test_a_held_picture_is_said():
    good, held = drawn(canvas(), view(), view()), drawn(canvas(), view(held="missing"), view(held="missing"))
    assert not (good == DARK.warning).all(axis=2).any()
    assert (held == DARK.warning).all(axis=2).any()


def test_no_evidence_is_said_for_the_pilot_that_has_none():
    one, other = drawn(canvas(), view(0.0), view(0.0)), drawn(canvas(), view(0.0), view(1e-9))
    first, last = columns_that_differ(one, other)
    assert 0.5 <= first <= last


def test_equal_frames_of_equal_views_are_equal():
    made = canvas()
    frames = [drawn(made, view(), view()) for _ in range(200)]
    assert (frames[-1] == frames[-2]).all()


@pytest.mark.parametrize("count", [0, 1])
def test_a_comparison_is_of_two_pilots_or_more(count):
    with pytest.raises(ValueError, match=f"{count} pilots"):
        canvas(count)


def test_a_comparison_is_of_four_pilots_at_most():
    spec = ComparisonSpec("five", ("a", "b", "c", "d", "e"), Marked(CAMERA))
    with pytest.raises(ValueError, match="5 pilots"):
        ComparisonCanvas(spec, MapSettings(), OutputSettings())


def test_each_pilot_needs_its_full_heat():
    with pytest.raises(ValueError, match="3 values of full heat and 2 fields for 2 pilots"):
        canvas(2, full_heats=(1.0, 1.0, 1.0))


def test_fields_are_shown_on_request_and_only_when_they_are_known():
    field = ReceptiveField((60, 60), (8, 8), (16.0, 16.0), (24, 32), (120, 160))
    spec = ComparisonSpec("two", NAMES[:2], Marked(CAMERA), ("how",), (1.0, 1.0))
    maps, output = MapSettings(heat_scale="fixed", show_field=True), OutputSettings(fps=20)
    known = ComparisonCanvas(replace(spec, fields=(field, field)), maps, output)
    assert known.draw([view(), view()], [0.25, 0.25]).shape == (known.size.height, known.size.width, 3)
    with pytest.raises(ValueError, match="--show-field"):
        ComparisonCanvas(spec, maps, output)
