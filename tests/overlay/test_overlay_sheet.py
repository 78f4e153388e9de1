"""Facts about sheets of tiles and what stands above them."""

import numpy as np
import pytest
from rlviz_overlay import (
    DARK,
    GRAYS,
    GREY,
    ColorBar,
    Frame,
    Rect,
    Size,
    Tile,
    best_columns,
    covering,
    describe_scale,
    enlarged,
    gray_frame,
    headed,
    montage,
    new_canvas,
    resize_tile,
    sheet,
    tile_size,
    tiles_within,
)

RNG = np.random.default_rng(4)
# colours that no text, however its edges are mixed, comes to
MARKS = [(255, 0, 255), (0, 255, 0), (255, 255, 0), (0, 0, 255), (255, 0, 0), (0, 255, 255)]


def places(figure: Frame, color: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what has exactly this colour."""
    rows, columns = np.nonzero((figure == color).all(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def marked(count: int, size: Size) -> list[Tile]:
    return [Tile(new_canvas(size, MARKS[number]), (str(number),)) for number in range(count)]


@pytest.mark.parametrize("columns", [None, 1, 2, 3, 6])
def test_tiles_stand_in_reading_order_each_whole_and_apart(columns):
    size = Size(70, 40)
    figure = sheet(marked(6, size), "title", columns=columns)
    found = [places(figure, color) for color in MARKS]
    assert all((right - left, bottom - top) == (70, 40) for left, top, right, bottom in found)
    assert found == sorted(found, key=lambda place: (place[1], place[0]))
    wide = len({left for left, *_ in found})
    assert wide == (columns or wide)
    for number, place in enumerate(found):
        assert place[:2] == (found[number % wide][0], found[number - number % wide][1])


def test_a_tiles_pixels_are_the_pictures_own():
    picture = RNG.integers(0, 256, (31, 47, 3), dtype=np.uint8)
    figure = sheet([Tile(picture, ("7",))], "title")
    left, bottom = 16, figure.shape[0] - 16
    captions = figure[bottom - 40 : bottom]
    rows = [
        row
        for row in range(figure.shape[0] - 31)
        if (figure[row : row + 31, left : left + 47] == picture).all()
    ]
    assert len(rows) == 1
    assert (captions != DARK.background).any()


def test_captions_that_are_wider_than_their_pictures_get_room():
    narrow = sheet([Tile(new_canvas(Size(12, 12), color), ("1",)) for color in MARKS], "t", columns=6)
    wide = sheet([Tile(new_canvas(Size(12, 12), color), ("1  ±0.123",)) for color in MARKS], "t", columns=6)
    assert places(wide, MARKS[5])[0] > places(narrow, MARKS[5])[0] + 5 * 20


def test_a_remark_that_something_is_wrong_has_the_warnings_colour():
    picture = new_canvas(Size(80, 80), (0, 0, 0))
    plain = sheet([Tile(picture, ("3", "always 0"))], "t")
    warned = sheet([Tile(picture, ("3", "always 0"), is_warning=True)], "t")
    assert not (plain == DARK.warning).all(axis=2).any()
    assert (warned == DARK.warning).all(axis=2).any()


@pytest.mark.parametrize("tiles", [[], [*marked(1, Size(4, 4)), *marked(1, Size(4, 5))]])
def test_a_sheet_of_nothing_or_of_several_sizes_is_refused(tiles):
    with pytest.raises(ValueError, match=r"^[^\n]* for a sheet; give one tile or more[^\n]*$"):
        sheet(tiles, "t")


def test_a_sheet_of_grey_pictures_in_the_grey_theme_has_no_colour():
    tiles = [Tile(gray_frame(RNG.integers(0, 256, (20, 20), dtype=np.uint8)), ("1", "two"))] * 5
    figure = sheet(tiles, "title", ["note"], key=ColorBar(GRAYS, (-1, 1), theme=GREY), theme=GREY)
    assert (figure[..., 0] == figure[..., 1]).all()
    assert (figure[..., 0] == figure[..., 2]).all()


def test_a_heading_leaves_the_picture_below_it_as_it_is():
    body = RNG.integers(0, 256, (50, 700, 3), dtype=np.uint8)
    figure = headed(body, "title", ["note"])
    assert (figure[-16 - 50 : -16, 16:716] == body).all()


def test_long_titles_and_notes_take_more_lines_and_none_of_them_is_cut():
    body = new_canvas(Size(100, 50), (0, 0, 0))
    short = headed(body, "title", ["note"])
    long = headed(body, " ".join(["title"] * 60), [" ".join(["note"] * 200)])
    assert long.shape[0] > short.shape[0] + 100
    assert long.shape[1] < 1000
    assert (long[:, -10:] == DARK.background).all()


def test_the_letters_of_wide_figures_are_larger():
    heights = [
        headed(new_canvas(Size(width, 10), (0, 0, 0)), "title").shape[0] for width in (600, 1500, 6000)
    ]
    assert heights[0] == heights[1] < heights[2]


def test_warnings_of_a_figure_have_their_colour():
    figure = headed(new_canvas(Size(100, 50), (0, 0, 0)), "t", warnings=["left out"])
    assert (figure == DARK.warning).all(axis=2).any()


def test_a_colour_bar_goes_from_its_lowest_to_its_highest_colour():
    key = ColorBar(np.array(MARKS, np.uint8), (0, 3))
    canvas = new_canvas(key.natural_size, (0, 0, 0))
    key.draw(canvas, Rect.whole(key.natural_size))
    found = [places(canvas, color) for color in MARKS]
    assert [left for left, *_ in found] == sorted(left for left, *_ in found)
    widths = [right - left for left, _, right, _ in found]
    assert max(widths) - min(widths) <= 2


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0), (0.0, float("nan"))])
def test_a_colour_bar_without_a_span_is_refused(limits):
    with pytest.raises(ValueError, match=r"^limits "):
        ColorBar(GRAYS, limits)


@pytest.mark.parametrize("limits", [(0, 1), (-1, 1), (-123456, 1e-9), (-1e30, 1e30)])
def test_a_colour_bars_natural_size_has_room_for_its_numbers(limits):
    key = ColorBar(GRAYS, limits)
    assert key.natural_size.width >= 240
    canvas = new_canvas(key.natural_size, (0, 0, 0))
    key.draw(canvas, Rect.whole(key.natural_size))
    assert (canvas[-key.text_height :] > 0).any()


@pytest.mark.parametrize("count", [1, 2, 9, 32, 64, 512])
@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 3), Size(20, 9), Size(84, 84)])
def test_small_pictures_are_enlarged_by_a_whole_factor(size, count):
    shown = tile_size(size, count)
    factor = shown.width // size.width
    assert (shown.width, shown.height) == (factor * size.width, factor * size.height)
    assert factor >= 1
    assert factor == 1 or (
        shown.width * shown.height * count <= 1_900_000 and max(shown.width, shown.height) <= 360
    )


@pytest.mark.parametrize(
    ("size", "count"), [(Size(224, 224), 512), (Size(4000, 3000), 1), (Size(9000, 2), 4)]
)
def test_pictures_that_are_too_many_or_too_large_are_made_smaller_in_their_own_shape(size, count):
    shown = tile_size(size, count)
    assert shown.width < size.width
    assert shown.width * shown.height * count <= 17_000_000
    assert max(shown.width, shown.height) <= 1000
    assert shown.width / size.width == pytest.approx(shown.height / size.height, abs=0.5)
    assert shown.height >= 1


def test_a_factor_that_is_asked_for_is_kept_for_as_many_as_have_room():
    size = Size(127, 63)
    assert tile_size(size, 512) == size
    assert tile_size(size, 512, least=2) == Size(254, 126)
    most = tiles_within(size, least=2)
    assert tile_size(size, most, least=2) == Size(254, 126)
    assert tile_size(size, most + 1, least=2).width < 254


def test_what_became_of_a_size_is_said():
    assert describe_scale(Size(20, 10), Size(20, 10)) == ""
    assert describe_scale(Size(20, 10), Size(140, 70)) == ", enlarged 7 times"
    assert describe_scale(Size(20, 10), Size(5, 2)) == ", shown at 25% of their size"


def test_the_smallest_whole_factor_covers_another_size():
    assert covering(Size(32, 20), Size(84, 84)) == Size(160, 100)
    assert covering(Size(84, 84), Size(84, 84)) == Size(84, 84)
    assert covering(Size(100, 100), Size(7, 7)) == Size(100, 100)


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (9, 3), (32, 8), (64, 8), (512, 32), (24, 6)])
def test_square_tiles_fill_their_rows_where_they_can(count, columns):
    assert best_columns(count, Size(100, 110)) == columns


@pytest.mark.parametrize("count", [13, 100, 999])
def test_other_numbers_of_tiles_leave_little_free(count):
    columns = best_columns(count, Size(50, 60))
    rows = -(-count // columns)
    assert rows * columns - count < columns
    assert 0.5 < columns * 50 / (rows * 60) < 3


def test_high_tiles_stand_beside_each_other_and_wide_ones_below():
    assert best_columns(4, Size(20, 200)) == 4
    assert best_columns(4, Size(200, 20)) == 1


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_montage_holds_its_pictures_row_by_row_with_gaps_of_one_level(channels):
    pictures = RNG.integers(0, 200, (5, 3, 4, *channels), dtype=np.uint8)
    made = montage(pictures, 3, gap=2, color=250)
    assert made.shape == (2 * 5 - 2, 3 * 6 - 2, *channels)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, 3)
        assert (made[5 * row : 5 * row + 3, 6 * column : 6 * column + 4] == picture).all()
    assert (made[3:5] == 250).all()
    assert (made[5:, 12:] == 250).all()


def test_a_montage_of_one_is_the_picture_itself():
    picture = RNG.integers(0, 256, (1, 3, 4), dtype=np.uint8)
    assert (montage(picture, 1) == picture[0]).all()


def test_enlarged_pixels_are_squares():
    made = enlarged(np.array([[[1, 2]]], np.uint8), 2)
    assert made.tolist() == [[[1, 1, 2, 2], [1, 1, 2, 2]]]


def test_a_tile_of_the_right_size_is_not_copied():
    picture = new_canvas(Size(5, 6), (1, 2, 3))
    assert resize_tile(picture, Size(5, 6)) is picture
    assert resize_tile(picture, Size(10, 12)).shape == (12, 10, 3)
