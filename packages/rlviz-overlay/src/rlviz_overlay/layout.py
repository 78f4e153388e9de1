"""Named places on a canvas, and what is drawn there."""

from collections.abc import Mapping
from types import MappingProxyType

from rlviz_overlay.drawable import Drawable, new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.theme import DARK, Color


class Layout:
    """Drawables by name, each in its rectangle; drawn in the order in which they were placed.

    A layout is a drawable itself, so that layouts can be nested.
    """

    def __init__(self, size: Size, *, background: Color = DARK.background) -> None:
        """An empty layout for canvases of one size.

        Args:
            size: Width and height of the canvas.
            background: Colour where nothing is placed.
        """
        self.size = size
        self._background = background
        self._places: dict[str, tuple[Rect, Drawable]] = {}

    def place(self, name: str, rect: Rect, drawable: Drawable) -> None:
        """Put a drawable into a rectangle, relative to the layout's top left corner.

        Raises:
            ValueError: The name is taken, or the rectangle reaches outside the layout.
        """
        if name in self._places:
            msg = f"the place {name!r} is taken; choose a name that is none of: {', '.join(self._places)}"
            raise ValueError(msg)
        if not Rect.whole(self.size).contains(rect):
            msg = (
                f"{rect} for {name!r} reaches outside the layout of {self.size.width}x{self.size.height} "
                "pixels; split Rect.whole(layout.size)"
            )
            raise ValueError(msg)
        self._places[name] = (rect, drawable)

    @property
    def rects(self) -> Mapping[str, Rect]:
        """Where each name is."""
        return MappingProxyType({name: rect for name, (rect, _) in self._places.items()})

    def new_canvas(self) -> Frame:
        """A canvas of the layout's size in its background colour, uint8 (height, width, 3)."""
        return new_canvas(self.size, self._background)

    def draw(self, canvas: Frame, rect: Rect | None = None) -> None:
        """Draw everything, in place; what lies between the places stays as it is.

        Args:
            canvas: uint8 (H, W, 3), RGB. Frame after frame it may be the same one.
            rect: Where; the whole canvas when left out.

        Raises:
            ValueError: The rectangle, or the canvas, has another size than the layout.
        """
        place = Rect.whole(Size.of(canvas)) if rect is None else rect
        if place.size != self.size:
            msg = (
                f"a layout of {self.size.width}x{self.size.height} pixels for {place.width}x{place.height}; "
                "make the layout for the canvas's own size"
            )
            raise ValueError(msg)
        view = place.view(canvas)
        for inner, drawable in self._places.values():
            drawable.draw(view, inner)
