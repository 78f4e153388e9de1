"""Where everything is on the picture, from its size and the video's alone."""

from dataclasses import dataclass

from rlviz_overlay import Rect, Size

HEIGHT = 500
"""Height of the picture at which a unit is one pixel; its usual width is 640."""

PICTURE = Size(640, 480)
"""Size of the simulator's videos."""

_STRIP_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything is.

    Attributes:
        size: Of the picture with its strip.
        unit: Pixels of this picture for each one of a video of 640x480.
        video: The video; what is left and right, or above and below it, stays dark.
        polar: The action space with its labels.
        car: Variables of the car.
        lap: Variables of the lap.
        simulation: Variables of the replay.
        strip: Below the video.
        note: In the strip, left: how pictures and rows were matched.
        footnote: In the strip, right: where the replay is.
        bar: At the very bottom: how far the replay is.
        map: Where the track is drawn, empty where there is a video.
    """

    size: Size
    unit: float
    video: Rect
    polar: Rect
    car: Rect
    lap: Rect
    simulation: Rect
    strip: Rect
    note: Rect
    footnote: Rect
    bar: Rect
    map: Rect

    def px(self, pixels: float) -> int:
        """A length in the simulator's videos, on this picture; 1 or more."""
        return max(1, round(pixels * self.unit))


def arrange(size: Size, video: Size | None) -> Arrangement:
    """The arrangement for a picture and a video of these sizes.

    The video keeps its aspect ratio in the upper 96 % of the picture: at 640x500 one of 640x480 is not scaled
    at all. What is drawn over it keeps clear of what the simulator itself writes there.

    Args:
        size: Of the picture with its strip.
        video: Of the video's pictures; None where the log is shown without one.
    """
    strip_height = round(_STRIP_SHARE * size.height)
    strip, room = Rect.whole(size).cut_bottom(strip_height)
    place = room if video is None else room.fit(video)
    unit = min(place.width / PICTURE.width, place.height / PICTURE.height)
    corners = _Corners(place, unit)
    below = _in_strip(strip)
    if video is None:
        return Arrangement(
            size=size,
            unit=unit,
            video=place,
            polar=corners.top_middle(236, 8, 288, 182),
            car=corners.top_left(8, 8, 226, 88),
            lap=corners.top_left(8, 108, 226, 104),
            simulation=corners.bottom_left(8, 6, 226, 88),
            map=_between(corners.top_left(240, 200, 1, 1), corners.bottom_right(8, 8, 1, 1)),
            **below,
        )
    return Arrangement(
        size=size,
        unit=unit,
        video=place,
        polar=corners.top_middle(236, 8, 288, 182),
        car=corners.at_third(8, -4, 226, 88),
        lap=corners.bottom_right(8, 186, 164, 104),
        simulation=corners.bottom_left(8, 76, 226, 88),
        map=Rect(place.x, place.y, 0, 0),
        **below,
    )


def hud_regions(video: Rect) -> tuple[Rect, ...]:
    """What the simulator writes into its videos, where a video is shown in this place.

    From top to bottom: the racer's name, lap and times, the speed, the banner, the map of the track. Measured
    on evaluation videos of 640x480.
    """
    parts = (
        Rect(0, 0, 235, 40),
        Rect(0, 42, 150, 90),
        Rect(0, 405, 130, 37),
        Rect(0, 442, 305, 38),
        Rect(400, 298, 240, 172),
    )
    return tuple(video.project(part, PICTURE) for part in parts)


@dataclass(frozen=True, slots=True)
class _Corners:
    """Places by their distance from a corner of the video, in pixels of a video of 640x480."""

    video: Rect
    unit: float

    def top_left(self, x: float, y: float, width: float, height: float) -> Rect:
        left, top, width_px, height_px = (round(length * self.unit) for length in (x, y, width, height))
        return Rect(self.video.x + left, self.video.y + top, width_px, height_px)

    def top_middle(self, x: float, y: float, width: float, height: float) -> Rect:
        """Left edge at the same share of the video's width."""
        place = self.top_left(0, y, width, height)
        return Rect(self.video.x + round(x * self.video.width / PICTURE.width), place.y, *_sides(place))

    def at_third(self, x: float, y: float, width: float, height: float) -> Rect:
        """Below a third of the video's height."""
        place = self.top_left(x, y, width, height)
        return Rect(place.x, place.y + round(self.video.height / 3), *_sides(place))

    def top_right(self, x: float, y: float, width: float, height: float) -> Rect:
        place = self.top_left(x, y, width, height)
        return Rect(self.video.right - (place.right - self.video.x), place.y, *_sides(place))

    def bottom_left(self, x: float, y: float, width: float, height: float) -> Rect:
        place = self.top_left(x, y, width, height)
        return Rect(place.x, self.video.bottom - (place.bottom - self.video.y), *_sides(place))

    def bottom_right(self, x: float, y: float, width: float, height: float) -> Rect:
        return Rect(
            self.top_right(x, y, width, height).x,
            self.bottom_left(x, y, width, height).y,
            *_sides(self.top_left(x, y, width, height)),
        )


def _sides(rect: Rect) -> tuple[int, int]:
    return rect.width, rect.height


def _between(first: Rect, last: Rect) -> Rect:
    """From the first rectangle's top left corner to the last one's bottom right corner."""
    return Rect(first.x, first.y, max(0, last.right - first.x), max(0, last.bottom - first.y))


def _in_strip(strip: Rect) -> dict[str, Rect]:
    """The strip and its parts: two texts side by side, and the bar below them."""
    bar, texts = strip.cut_bottom(max(1, round(0.2 * strip.height)))
    texts = texts.inset(round(0.4 * strip.height), 0)
    footnote, note = texts.cut_right(round(0.54 * texts.width), texts.height)
    return {"strip": strip, "bar": bar, "note": note, "footnote": footnote}
