"""What each colour over the video means, and how text over it is written."""

from rlviz_overlay import REGULAR, Color, TextStyle

ACTION: Color = (255, 150, 0)
"""The action that the model chose."""

SPEED: Color = (0, 255, 0)
"""How fast the car is, and how far the replay."""

WHITE: Color = (255, 255, 255)
BLACK: Color = (0, 0, 0)


def over_video(height: int, color: Color = WHITE, weight: int = REGULAR) -> TextStyle:
    """Letters with a black outline, readable on any picture."""
    return TextStyle(height, color, weight, outline=BLACK, min_height=6)
