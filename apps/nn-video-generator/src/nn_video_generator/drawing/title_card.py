"""The card before each chapter of a continuous video."""

from collections.abc import Sequence

from rlviz_overlay import BOLD, DARK, Frame, Rect, Size, TextStyle, draw_text, fill, fit, new_canvas

from nn_video_generator.drawing.pixels import Pixels


def title_card(size: Size, title: str, lines: Sequence[str] = (), *, progress: float | None = None) -> Frame:
    """A title in the middle, lines below it, and how far the training was.

    Args:
        size: of the frame.
        title: such as `BREAKOUT - PPO`.
        lines: below it, such as the milestone and the steps trained; all as large as the longest allows.
        progress: share of the training, 0 to 1, as a bar; None for none.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    px = Pixels.of(size)
    canvas = new_canvas(size, DARK.background)
    middle = Rect.whole(size).inset(size.width // 10)
    heading = TextStyle(px.text(44), DARK.text, BOLD)
    style = TextStyle(px.text(22), DARK.muted)
    smallest = min(
        (fit(line, Size(middle.width, style.line_height), style).style.height for line in lines), default=0
    )
    style = TextStyle(smallest or style.height, DARK.muted)
    bar = px(6) if progress is not None else 0
    needed = heading.line_height + px(14) + len(lines) * (style.line_height + px(6)) + bar + px(16)
    top = max(0, (size.height - needed) // 2)
    place = Rect(middle.x, top, middle.width, heading.line_height)
    draw_text(canvas, title, place, heading, align="center")
    y = place.bottom + px(14)
    for line in lines:
        draw_text(canvas, line, Rect(middle.x, y, middle.width, style.line_height), style, align="center")
        y += style.line_height + px(6)
    if progress is not None:
        track = Rect(size.width // 3, y + px(10), size.width // 3, bar)
        fill(canvas, track, DARK.track)
        fill(canvas, track.cut_left(round(min(1.0, max(0.0, progress)) * track.width))[0], DARK.bar)
    return canvas
