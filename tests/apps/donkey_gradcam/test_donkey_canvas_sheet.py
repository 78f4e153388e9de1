from typing import Any

import numpy as np
import pytest
from donkey_gradcam.drawing.heat_picture import HeatPainter, Marked
from donkey_gradcam.drawing.panels import heat_legend
from donkey_gradcam.drawing.sheet import MOST, Tile, contact_sheet, tile
from donkey_gradcam.settings import MapSettings
from donkey_views import explained
from rlviz_overlay import DARK, Size, colormap

CAMERA = Size(240, 180)
COLORS = [(10 * n + 5, 250 - 10 * n, 77) for n in range(20)]


def flat(n):
    return Tile(np.full((180, 240, 3), COLORS[n], np.uint8), f"record {n}")


def centre(sheet, color):
    """Where a picture of one colour is: x, y and how many pixels it has."""
    rows, columns = np.nonzero((sheet == color).all(axis=2))
    return columns.mean(), rows.mean(), rows.size


def painter(**settings: Any):
    chosen: dict[str, Any] = {"heat_scale": "fixed"} | settings
    return HeatPainter(MapSettings(**chosen), Marked(CAMERA), 1.0)


def test_pictures_are_in_reading_order_and_none_is_covered():
    sheet = contact_sheet([flat(n) for n in range(7)], "worst", columns=3)
    places = [centre(sheet, COLORS[n]) for n in range(7)]
    assert all(count == 240 * 180 for _, _, count in places)
    assert [y for _, y, _ in places] == sorted(y for _, y, _ in places)
    for row in (places[:3], places[3:6]):
        assert len({y for _, y, _ in row}) == 1
        assert [x for x, _, _ in row] == sorted(x for x, _, _ in row)
    assert places[6][0] == places[0][0]


def test_small_pictures_are_enlarged_so_that_captions_are_readable():
    small = Tile(np.full((30, 40, 3), COLORS[0], np.uint8), "record 0")
    sheet = contact_sheet([small] * 2, "worst")
    assert centre(sheet, COLORS[0])[2] == 2 * 200 * 150


def test_a_sheet_is_even_and_holds_as_many_as_it_says():
    sheet = contact_sheet([flat(0)] * MOST, "worst")
    assert sheet.shape[0] % 2 == sheet.shape[1] % 2 == 0
    assert centre(sheet, COLORS[0])[2] == MOST * 240 * 180


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_a_sheet_has_a_picture_and_not_too_many(count):
    with pytest.raises(ValueError, match=f"{count} pictures"):
        contact_sheet([flat(0)] * count, "worst")


def test_the_legend_and_the_notes_do_not_cover_pictures():
    legend = heat_legend(MapSettings(), colormap("inferno"), 1.0)
    sheet = contact_sheet([flat(0)], "t" * 300, notes="a note\n" * 9, legend=legend)
    assert centre(sheet, COLORS[0])[2] == 240 * 180
    assert (sheet == DARK.panel).all(axis=2).any()


def test_a_tile_says_which_record_it_is_and_how_both_steered():
    made = tile(
        explained(index=17, pilot=(-0.25, 0), user=(None, None), camera=CAMERA), painter(), "error 0.5"
    )
    assert made.heading == "record 17"
    assert [text for text, _ in made.numbers] == ["user –", "pilot −0.25"]
    assert [color for _, color in made.numbers] == [DARK.other, DARK.accent]
    assert made.remark == "error 0.5"


def test_a_tile_says_when_its_picture_is_held_or_has_no_evidence():
    made = tile(explained(0.0, index=17, held="missing", camera=CAMERA), painter(), "error 0.5")
    assert made.heading == "record 17 (picture missing)"
    assert made.remark == "error 0.5\nNo positive evidence"


def test_a_tile_does_not_show_heat_of_the_tiles_before():
    smooth = painter(smooth=10.0)
    tile(explained(1.0, camera=CAMERA), smooth, "")
    assert (tile(explained(0.0, camera=CAMERA), smooth, "").picture == 100).all()
