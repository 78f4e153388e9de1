import numpy as np
import pytest
from rlviz_overlay import (
    DARK,
    BarChart,
    KeyValues,
    Label,
    Layout,
    Legend,
    LineChart,
    Panel,
    Rect,
    Size,
    Static,
    TextStyle,
    colormap,
    new_canvas,
)

GREY = (90, 90, 90)


class Counter:
    """Draws the number of its draws as a colour."""

    def __init__(self):
        self.draws = 0

    def draw(self, canvas, rect):
        self.draws += 1
        rect.view(canvas)[...] = self.draws


def key_values(*values):
    panel = KeyValues(["score", "lives", "step", "episode"])
    if values:
        panel.update(*values)
    return panel


DRAWABLES = {
    "key-values": lambda: key_values(12, 3, 1000, 2),
    "legend": lambda: Legend(colormap("inferno"), low="none", middle="half", high="the episode's peak"),
    "panel": lambda: Panel(key_values(1, 2, 3, 4), title="what happened"),
}


@pytest.mark.parametrize("name", DRAWABLES)
@pytest.mark.parametrize(
    "size", [Size(330, 60), Size(127, 30), Size(60, 80), Size(9, 5), Size(1, 1), Size(0, 0)]
)
def test_a_panel_fills_its_rectangle_and_nothing_else(name, size):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    rect = Rect(4, 4, size.width, size.height)
    DRAWABLES[name]().draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


def test_what_never_changes_is_drawn_once_for_each_size():
    counter, canvas = Counter(), new_canvas(Size(20, 20), GREY)
    static = Static(counter.draw, background=GREY)
    for x in (0, 5, 10):
        static.draw(canvas, Rect(x, 0, 5, 5))
    assert counter.draws == 1
    static.draw(canvas, Rect(0, 0, 6, 5))
    assert counter.draws == 2
    assert (canvas[:5, 10:15] == 1).all()


def test_a_changed_value_changes_its_own_place_alone():
    size = Size(400, 60)
    before, after = new_canvas(size, GREY), new_canvas(size, GREY)
    key_values(1, 3, 5, 7).draw(before, Rect.whole(size))
    key_values(1, 3, 6, 7).draw(after, Rect.whole(size))
    columns = np.flatnonzero((before != after).any(axis=(0, 2)))
    assert columns[0] >= 200
    assert columns[-1] < 300


def test_values_drawn_before_do_not_show():
    size = Size(400, 60)
    used, fresh = new_canvas(size, GREY), new_canvas(size, GREY)
    panel = key_values(88888, 8, 8, 8)
    panel.draw(used, Rect.whole(size))
    panel.update(1, 2, 3, 4)
    panel.draw(used, Rect.whole(size))
    key_values(1, 2, 3, 4).draw(fresh, Rect.whole(size))
    assert (used == fresh).all()


def test_each_key_needs_its_value():
    with pytest.raises(ValueError, match="2 values for the keys score, lives, step, episode"):
        key_values(1, 2)


def test_key_values_need_keys():
    with pytest.raises(ValueError, match="keys"):
        KeyValues([])


def test_the_legend_shows_the_table_from_left_to_right():
    canvas, table = new_canvas(Size(256, 40), GREY), colormap("viridis")
    Legend(table, low="low", high="high").draw(canvas, Rect(0, 0, 256, 40))
    assert (canvas[2] == table).all()


def test_a_panel_draws_its_body_below_its_title():
    canvas, panel = new_canvas(Size(100, 80), GREY), Panel(Counter(), title="title", padding=10)
    rect = Rect(0, 0, 100, 80)
    panel.draw(canvas, rect)
    body = panel.body_rect(rect)
    assert (body.view(canvas) == 1).all()
    assert (canvas == 1).all(axis=2).sum() == body.width * body.height
    assert body.y > 20
    assert (canvas[10 : body.y] > 100).any()
    assert (canvas[:10] == DARK.panel).all()


def test_a_layout_draws_each_drawable_into_its_rectangle():
    layout = Layout(Size(30, 20), background=GREY)
    left, right = Rect.whole(layout.size).columns(1, 1, gap=4)
    layout.place("left", left, Counter())
    layout.place("right", right, Counter())
    canvas = layout.new_canvas()
    layout.draw(canvas)
    layout.draw(canvas)
    assert (left.view(canvas) == 2).all()
    assert (right.view(canvas) == 2).all()
    assert (canvas[:, left.right : right.x] == GREY).all()
    assert dict(layout.rects) == {"left": left, "right": right}


def test_layouts_can_be_nested():
    inner, outer = Layout(Size(4, 4)), Layout(Size(10, 10), background=(0, 0, 0))
    inner.place("dot", Rect(1, 1, 2, 2), Counter())
    outer.place("inner", Rect(5, 6, 4, 4), inner)
    canvas = outer.new_canvas()
    outer.draw(canvas)
    assert (canvas[7:9, 6:8] == 1).all()
    assert (canvas == 1).sum() == 2 * 2 * 3


def test_a_name_is_placed_once():
    layout = Layout(Size(10, 10))
    layout.place("game", Rect(0, 0, 5, 5), Counter())
    with pytest.raises(ValueError, match="'game' is taken"):
        layout.place("game", Rect(5, 5, 5, 5), Counter())


def test_a_place_outside_the_layout_is_an_error():
    with pytest.raises(ValueError, match="outside the layout of 10x10"):
        Layout(Size(10, 10)).place("game", Rect(6, 0, 5, 5), Counter())


def test_a_canvas_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="10x10 pixels for 11x10"):
        Layout(Size(10, 10)).draw(new_canvas(Size(11, 10), GREY))


def test_the_same_inputs_give_the_same_bytes():
    def video():
        layout = Layout(Size(320, 240))
        bars, line, label = BarChart(["a", "b", "c"]), LineChart(), Label("", TextStyle(20, DARK.accent))
        parts = Rect.whole(layout.size).rows(2, 1, 1, gap=5)
        for name, part, drawable in zip(("bars", "line", "label"), parts, (bars, line, label), strict=True):
            layout.place(name, part, drawable)
        canvas, frames = layout.new_canvas(), []
        for n in range(5):
            bars.update([n, -2 * n, 11 * n], highlighted=n % 3)
            line.update(n * n)
            label.update(f"step {n}")
            layout.draw(canvas)
            frames.append(canvas.tobytes())
        return frames

    assert video() == video()
