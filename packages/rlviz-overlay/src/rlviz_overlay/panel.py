"""Panels: a card with a title, names with values, and the key to the heat's colours."""

from collections.abc import Sequence

from rlviz_overlay.colormap import Table
from rlviz_overlay.drawable import Drawable, Static, fill
from rlviz_overlay.geometry import Frame, Rect
from rlviz_overlay.opencv import cv2
from rlviz_overlay.text import BOLD, TextStyle, draw_text, fit, measure_text
from rlviz_overlay.theme import DARK, Theme


class Panel:
    """A card: background, a title that never changes, and a body inside a margin."""

    def __init__(
        self,
        body: Drawable,
        *,
        title: str = "",
        text_height: int = 12,
        padding: int | None = None,
        theme: Theme = DARK,
    ) -> None:
        """A card around a drawable.

        Args:
            body: What is drawn inside.
            title: Above the body; none when empty.
            text_height: Font size of the title in pixels.
            padding: Pixels between the card's edge and what is in it; None: one text height.
            theme: Colours.
        """
        self._body = body
        self._title = title
        self._style = TextStyle(text_height, theme.muted, BOLD)
        self._padding = text_height if padding is None else padding
        self._theme = theme

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw card, title and body; covers the whole rectangle."""
        fill(canvas, rect, self._theme.panel)
        inner = rect.inset(self._padding)
        if self._title:
            title, _ = inner.cut_top(self._style.line_height)
            draw_text(canvas, self._title, title, self._style)
        self._body.draw(canvas, self.body_rect(rect))

    def body_rect(self, rect: Rect) -> Rect:
        """Where the body is drawn when the panel is drawn into this rectangle."""
        inner = rect.inset(self._padding)
        if not self._title:
            return inner
        return inner.cut_top(self._style.line_height, gap=self._padding // 2)[1]


class KeyValues:
    """Small names with their values below, or beside them where the rectangle is low."""

    def __init__(self, keys: Sequence[str], *, text_height: int = 18, theme: Theme = DARK) -> None:
        """Names without values yet.

        Args:
            keys: Names, in reading order.
            text_height: Font size of the values in pixels; names are two thirds of it.
            theme: Colours.

        Raises:
            ValueError: No key.
        """
        if not keys:
            msg = "key-values without keys; give one name for each value"
            raise ValueError(msg)
        self._keys = tuple(keys)
        self._values: tuple[str, ...] = ("",) * len(keys)
        self._key_style = TextStyle(max(9, round(text_height * 0.64)), theme.muted)
        self._value_style = TextStyle(text_height, theme.text, BOLD)
        self._arranged: tuple[Rect, list[tuple[Rect, Rect]]] | None = None
        self._names = Static(self._draw_names, background=theme.panel)

    @property
    def natural_height(self) -> int:
        """Height in pixels at which names and values side by side have their wanted size."""
        return self._key_style.line_height + self._value_style.line_height

    def update(self, *values: str | int) -> None:
        """Set the values of the next draw, one a key.

        Raises:
            ValueError: Not one value a key.
        """
        if len(values) != len(self._keys):
            msg = f"{len(values)} values for the keys {', '.join(self._keys)}; give one for each"
            raise ValueError(msg)
        self._values = tuple(str(value) for value in values)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw names and values; covers the whole rectangle."""
        self._names.draw(canvas, rect)
        for value, (_, place) in zip(self._values, self._cells(rect), strict=True):
            if value:
                draw_text(canvas, value, place, self._value_style)

    def _draw_names(self, canvas: Frame, rect: Rect) -> None:
        """Draw the names alone."""
        for key, (place, _) in zip(self._keys, self._cells(rect), strict=True):
            draw_text(canvas, key, place, self._key_style)

    def _cells(self, rect: Rect) -> list[tuple[Rect, Rect]]:
        """Where each name and its value are: in the arrangement that leaves the largest texts."""
        if self._arranged is None or self._arranged[0] != rect:
            count = len(self._keys)
            grids = [_grid(rect, count, down) for down in range(1, count + 1)]
            splits = (self._value_below, self._value_beside)
            arrangements = [[split(cell) for cell in cells] for split in splits for cells in grids]
            self._arranged = (rect, max(arrangements, key=lambda cells: self._legibility(*cells[-1])))
        return self._arranged[1]

    def _value_below(self, cell: Rect) -> tuple[Rect, Rect]:
        return cell.cut_top(round(self._key_style.line_height * min(1.0, cell.height / self.natural_height)))

    def _value_beside(self, cell: Rect) -> tuple[Rect, Rect]:
        style = self._key_style.lowered(cell.height) or self._key_style
        return cell.cut_left(max(measure_text(key, style).width for key in self._keys), gap=style.height // 2)

    def _legibility(self, name: Rect, value: Rect) -> float:
        """How large the texts are, 1 for as large as wanted; less when one has to be cut."""
        texts = [(key, name, self._key_style) for key in self._keys]
        heights: list[float] = []
        for text, place, style in (*texts, ("0" * 5, value, self._value_style)):
            fitted = fit(text, place.size, style)
            heights.append(fitted.style.height / style.height if fitted.text == text else -1.0)
        return min(heights)


def _grid(rect: Rect, count: int, down: int) -> list[Rect]:
    """Equal cells in this many rows, in reading order."""
    across = -(-count // down)
    rows = rect.rows(*[1] * down, gap=min(8, rect.height // (6 * down)))
    cells = [
        cell for row in rows for cell in row.columns(*[1] * across, gap=min(8, rect.width // (6 * across)))
    ]
    return cells[:count]


class Legend:
    """The colours of heat from low to high, with what the ends mean."""

    def __init__(
        self,
        table: Table,
        *,
        low: str,
        high: str,
        middle: str = "",
        text_height: int = 11,
        theme: Theme = DARK,
    ) -> None:
        """A key to a colour table.

        Args:
            table: uint8 (256, 3), RGB.
            low: What the first colour means.
            high: What the last colour means.
            middle: What the colour in the middle means; nothing when empty.
            text_height: Font size in pixels.
            theme: Colours.
        """
        self._table = table
        self._texts = (low, middle, high)
        self._style = TextStyle(text_height, theme.muted)
        self._static = Static(self._draw_once, background=theme.panel)

    @property
    def natural_height(self) -> int:
        """Height in pixels at which the texts have their wanted size."""
        return self._bar_height + self._style.line_height

    @property
    def _bar_height(self) -> int:
        return max(1, round(0.75 * self._style.height))

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw colour bar and texts; covers the whole rectangle."""
        self._static.draw(canvas, rect)

    def _draw_once(self, canvas: Frame, rect: Rect) -> None:
        """Draw colour bar and texts; the bar is as high as the text's capitals."""
        bar, rest = rect.cut_top(min(self._bar_height, rect.height // 2))
        if bar.width and bar.height:
            strip = self._table.reshape(1, 256, 3)
            bar.view(canvas)[...] = cv2.resize(strip, (bar.width, 1), interpolation=cv2.INTER_LINEAR)
        texts, _ = rest.cut_top(self._style.line_height)
        low, middle, high = self._texts
        parts = texts.columns(1, 1, 1) if middle else (texts.columns(1, 1)[0], texts, texts.columns(1, 1)[1])
        draw_text(canvas, low, parts[0], self._style)
        if middle:
            draw_text(canvas, middle, parts[1], self._style, align="center")
        draw_text(canvas, high, parts[2], self._style, align="right")
