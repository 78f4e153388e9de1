"""The colours of panels and charts: each means one thing."""

from dataclasses import dataclass

Color = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they mean.

    Attributes:
        background: The canvas between the panels.
        panel: Behind texts and charts.
        track: The empty part of a bar, and the area under a line.
        rule: Axes, zero lines and frames.
        text: Values and titles.
        muted: Names of values, scale labels, notes.
        bar: Bars and lines that are not highlighted.
        accent: What was executed, and nothing else.
        other: What the accent is compared with, such as a person's driving.
        warning: A remark that something is not as it should be.
        outline: Around text that is drawn over a picture.
    """

    background: Color = (12, 14, 18)
    panel: Color = (21, 25, 32)
    track: Color = (35, 41, 51)
    rule: Color = (66, 75, 90)
    text: Color = (233, 237, 243)
    muted: Color = (150, 160, 176)
    bar: Color = (110, 126, 150)
    accent: Color = (45, 212, 191)
    other: Color = (190, 150, 255)
    warning: Color = (255, 190, 92)
    outline: Color = (8, 10, 13)


DARK = Theme()

GREY = Theme(
    background=(14, 14, 14),
    panel=(25, 25, 25),
    track=(41, 41, 41),
    rule=(76, 76, 76),
    text=(237, 237, 237),
    muted=(161, 161, 161),
    bar=(127, 127, 127),
)
"""DARK without its tint, but for what is highlighted: around pictures that have no colour themselves."""
