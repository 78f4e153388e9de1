import numpy as np
import pytest
from rlviz_overlay import (
    BOLD,
    DARK,
    REGULAR,
    Label,
    Paragraph,
    Print,
    Rect,
    Size,
    TextStyle,
    draw_text,
    elide_middle,
    fit,
    measure_text,
    new_canvas,
    wrap_text,
)
from rlviz_overlay.lettering import KeptPrints
from rlviz_overlay.opencv import cv2

TEXTS = [
    "NOOP",
    "gjpqy(|[{",
    "ÄÖÅÉ çǫ",
    "−12.345",
    "漢字かな",
    "über Größe 👾",
    "a\nb\tc",
    "e\u0301a\u0308",
    "W" * 90,
    " ",
]
SIZES = [(1, 1), (3, 40), (200, 3), (12, 12), (40, 9), (137, 16), (300, 24), (480, 90)]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
GREY = (90, 90, 90)


def ink(canvas, color):
    """Rows and columns that differ from the colour of an empty canvas."""
    changed = (canvas != color).any(axis=2)
    return np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("height", [6, 14, 40, 100])
def test_text_never_writes_outside_its_rectangle(text, size, height):
    canvas = new_canvas(Size(500, 110), GREY)
    rect = Rect(9, 11, *size)
    for outline in (None, BLACK):
        draw_text(canvas, text, rect, TextStyle(height, WHITE, outline=outline), align="center")
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("outline", [None, BLACK])
@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
def test_text_is_never_cut_by_the_edge_of_its_rectangle(text, size, outline, valign):
    fitted = fit(text, Size(*size), TextStyle(30, WHITE, outline=outline))
    if not fitted.text:
        return
    width, height = size
    small, large = (
        new_canvas(Size(width + 20, height + 20), GREY),
        new_canvas(Size(width + 20, height + 20), GREY),
    )
    draw_text(small, text, Rect(10, 10, width, height), fitted.style, valign=valign, align="center")
    # The same line, centred in the same place with room to spare.
    style = fitted.style
    tall = Rect(0, 0, width + 20, height + 20) if valign == "middle" else Rect(0, 10, width + 20, height)
    draw_text(large, fitted.text, tall, style, valign=valign, align="center")
    assert (small != GREY).sum() == (large != GREY).sum()


@pytest.mark.parametrize("weight", [REGULAR, BOLD])
@pytest.mark.parametrize("height", [6, 9, 12, 17, 30, 64])
@pytest.mark.parametrize("outline", [None, BLACK])
def test_a_text_has_room_in_the_rectangle_that_was_measured(weight, height, outline):
    style = TextStyle(height, WHITE, weight, outline=outline)
    for text in TEXTS[:5]:
        size = measure_text(text, style)
        canvas = new_canvas(Size(size.width + 40, size.height + 40), GREY)
        draw_text(canvas, text, Rect(20, 20, size.width, size.height), style)
        free = new_canvas(Size(size.width + 40, size.height + 40), GREY)
        draw_text(free, text, Rect(20, 0, size.width + 20, size.height + 40), style)
        assert fit(text, size, style).style == style
        assert (canvas != GREY).sum() == (free != GREY).sum()


def test_text_that_has_room_is_drawn_as_it_is():
    fitted = fit("RIGHT", Size(300, 40), TextStyle(20, WHITE))
    assert (fitted.text, fitted.style.height) == ("RIGHT", 20)


def test_text_that_is_too_wide_becomes_smaller_first():
    style = TextStyle(20, WHITE)
    fitted = fit("DOWNRIGHTFIRE", Size(measure_text("DOWNRIGHTFIRE", style).width - 20, 40), style)
    assert fitted.text == "DOWNRIGHTFIRE"
    assert 9 <= fitted.style.height < 20


def test_text_that_is_much_too_wide_ends_with_an_ellipsis():
    style = TextStyle(20, WHITE)
    fitted = fit("DOWNRIGHTFIRE", Size(50, 40), style)
    assert fitted.text.endswith("…")
    assert "DOWNRIGHTFIRE".startswith(fitted.text[:-1])
    assert fitted.style.height == style.min_height


def test_a_cut_text_is_the_longest_beginning_that_has_room():
    style = TextStyle(9, WHITE)
    fitted = fit("W" * 90, Size(100, 40), style)
    longer = "W" * len(fitted.text) + "…"
    assert measure_text(fitted.text, style).width <= 100 < measure_text(longer, style).width


@pytest.mark.parametrize("size", [Size(0, 0), Size(1, 50), Size(50, 5)])
def test_nothing_is_drawn_where_nothing_is_legible(size):
    canvas = new_canvas(Size(60, 60), GREY)
    taken = draw_text(canvas, "RIGHT", Rect(0, 0, size.width, size.height), TextStyle(20, WHITE))
    assert taken.size == Size(0, 0)
    assert (canvas == GREY).all()


@pytest.mark.parametrize(("align", "valign"), [("left", "top"), ("center", "middle"), ("right", "bottom")])
def test_alignment_puts_the_line_where_it_says(align, valign):
    canvas, rect = new_canvas(Size(300, 100), GREY), Rect(10, 10, 280, 80)
    taken = draw_text(canvas, "Hg", rect, TextStyle(20, WHITE), align=align, valign=valign)
    rows, columns = ink(canvas, GREY)
    assert taken.x <= columns[0]
    assert columns[-1] < taken.right
    assert taken.y <= rows[0]
    assert rows[-1] < taken.bottom
    assert rect.contains(taken)
    free = (taken.x - rect.x, rect.right - taken.right)
    assert {"left": free[0] == 0, "center": abs(free[0] - free[1]) <= 1, "right": free[1] == 0}[align]


def test_capitals_are_centred_in_the_middle():
    canvas = new_canvas(Size(100, 60), GREY)
    draw_text(canvas, "HEH", Rect(0, 0, 100, 60), TextStyle(30, WHITE))
    rows, _ = ink(canvas, GREY)
    assert abs(rows[0] - (59 - rows[-1])) <= 2


def test_digits_are_equally_wide_so_that_counting_does_not_jitter():
    for weight in (REGULAR, BOLD):
        assert (
            len({measure_text(digit * 6, TextStyle(17, WHITE, weight)).width for digit in "0123456789"}) == 1
        )


def test_letters_have_the_colour_that_was_asked_for():
    canvas = new_canvas(Size(200, 100), (0, 0, 0))
    draw_text(canvas, "HHHH", Rect(0, 0, 200, 100), TextStyle(60, (200, 100, 50), BOLD))
    assert (canvas == (200, 100, 50)).all(axis=2).sum() > 500


@pytest.mark.parametrize("background", [(255, 255, 255), (0, 0, 0), (128, 128, 128), (233, 237, 243)])
def test_an_outline_keeps_letters_apart_from_any_background(background):
    canvas = new_canvas(Size(200, 60), background)
    draw_text(canvas, "RIGHT", Rect(0, 0, 200, 60), TextStyle(30, DARK.text, outline=DARK.outline))
    light = canvas.mean(axis=2)
    letters = light > 220 if background[0] < 200 else (canvas == DARK.text).all(axis=2)
    assert letters.sum() > 100
    assert (light < 20).sum() > 100


def test_the_same_text_gives_the_same_bytes_whatever_was_drawn_before():
    def picture():
        canvas = new_canvas(Size(300, 60), GREY)
        draw_text(canvas, "q = −0.123 ÄÖ", Rect(3, 3, 290, 50), TextStyle(23, WHITE, outline=BLACK))
        return canvas

    first = picture()
    draw_text(new_canvas(Size(300, 60), GREY), "other 漢字", Rect(0, 0, 300, 60), TextStyle(41, WHITE, BOLD))
    assert (picture() == first).all()


def test_accents_typed_apart_look_like_those_typed_together():
    assert measure_text("e\u0301", TextStyle(20, WHITE)) == measure_text("é", TextStyle(20, WHITE))


def test_a_height_below_one_is_an_error():
    with pytest.raises(ValueError, match="height of 0"):
        TextStyle(0, WHITE)


@pytest.mark.parametrize("width", [20, 60, 200, 1000])
def test_wrapped_lines_have_room_and_hold_every_word(width):
    style, text = (
        TextStyle(12, WHITE),
        "A 7x7 grid with fields of 36 pixels: heat says roughly where, not which pixel.",
    )
    lines = wrap_text(text, width, style)
    assert all(measure_text(line, style).width <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_line_breaks_are_kept():
    assert wrap_text("one\n\ntwo", 500, TextStyle(12, WHITE)) == ("one", "", "two")


def test_words_are_kept_whole_where_they_have_room():
    assert all(
        word in {"alpha", "beta", "gamma"} for word in wrap_text("alpha beta gamma", 60, TextStyle(14, WHITE))
    )


@pytest.mark.parametrize("size", [(300, 60), (120, 30), (120, 14), (40, 8), (3, 3)])
def test_a_paragraph_stays_in_its_rectangle(size):
    canvas = new_canvas(Size(320, 80), GREY)
    rect = Rect(7, 9, *size)
    Paragraph("heat says roughly where, not which pixel " * 3, TextStyle(14, WHITE)).draw(canvas, rect)
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


def test_a_label_without_background_leaves_the_picture_between_letters():
    canvas = new_canvas(Size(200, 40), GREY)
    Label("a", TextStyle(20, WHITE)).draw(canvas, Rect(0, 0, 200, 40))
    assert (canvas[:, 100:] == GREY).all()


def test_a_label_with_background_shows_nothing_of_the_text_before():
    def picture(*texts):
        canvas, label = new_canvas(Size(200, 40), GREY), Label("", TextStyle(20, WHITE), background=BLACK)
        for text in texts:
            label.update(text)
            label.draw(canvas, Rect(0, 0, 200, 40))
        return canvas

    assert (picture("RIGHTFIRE", "UP") == picture("UP")).all()


NAME = "pilot_of_a_long_winter_2024-01-31_with_crop_7.h5"


def test_a_name_that_fits_is_left_as_it_is():
    assert elide_middle("linear.h5", 400, TextStyle(14, DARK.text)) == "linear.h5"


@pytest.mark.parametrize("width", [60, 100, 200, 300])
def test_a_long_name_keeps_its_beginning_and_its_end(width):
    style = TextStyle(14, DARK.text)
    short = elide_middle(NAME, width, style)
    head, tail = short.split("…")
    assert NAME.startswith(head)
    assert NAME.endswith(tail)
    assert abs(len(head) - len(tail)) <= 1
    assert measure_text(short, style).width <= width


def test_no_room_leaves_one_letter():
    assert elide_middle(NAME, 1, TextStyle(14, DARK.text)) == "p…"


def outlined_one_after_the_other(canvas, text, taken, style):
    """The line over eight copies of itself, each drawn by OpenCV."""
    font = cv2.FontFace("sans")
    x, y = taken.x + style.margin, taken.y + style.ascent
    places = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    for dx, dy in places:
        place = (x + dx * style.reach, y + dy * style.reach)
        cv2.putText(canvas, text, place, style.outline, font, style.height, style.weight)
    cv2.putText(canvas, text, (x, y), style.color, font, style.height, style.weight)


@pytest.mark.parametrize("weight", [REGULAR, BOLD])
@pytest.mark.parametrize("height", [7, 12, 20, 41])
@pytest.mark.parametrize("colors", [(WHITE, BLACK), ((200, 30, 90), (250, 240, 20))])
def test_an_outlined_line_looks_as_if_its_copies_were_drawn_one_after_the_other(weight, height, colors):
    style = TextStyle(height, colors[0], weight, outline=colors[1])
    canvas = np.random.default_rng(1).integers(0, 256, (80, 700, 3), dtype=np.uint8)
    expected = canvas.copy()
    taken = draw_text(canvas, "Speed 3.21 jÄq", Rect(5, 6, 690, 70), style)
    outlined_one_after_the_other(expected, "Speed 3.21 jÄq", taken, style)
    assert np.abs(canvas.astype(int) - expected).max() <= 4


def test_kept_lines_take_no_more_memory_than_they_may():
    kept = KeptPrints(1000)
    for width in (1, 5, 20, 40, 3, 400):
        kept.get(width, lambda width=width: Print(*np.zeros((2, 2, width, 3), np.uint8)))
        assert kept.nbytes <= 1000


def test_the_line_used_last_is_kept_the_longest():
    made = []

    def use(kept, name):
        kept.get(name, lambda: made.append(name) or Print(*np.zeros((2, 10, 10, 3), np.uint8)))

    kept = KeptPrints(1200)
    for name in "abaca":
        use(kept, name)
    assert made == ["a", "b", "c"]
