"""What a picture of the replay depends on beside log and video."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, and how.

    Attributes:
        action_space: Whether the action space is drawn (key A).
        heatmap: Whether recent actions are drawn on it as heat (S).
        annotations: Whether variables and footnote are written (T).
        help: Whether the help menu covers the picture (H).
        attenuation: By how much an action weighs less with each later step, 1 to 1.2 (Z, X).
        gaussian_size: Pixels of the blob of one action at 640x500, 30 to 100 (V, B).
        colormap: Index of the colour table, 0 to 21 (F, G).
        cleared: The frame from which on actions count as heat, after key C; None: since the last reset.
        frame_rate: Frames a second at which it is played, for the footnote (N, M).
    """

    action_space: bool = True
    heatmap: bool = True
    annotations: bool = True
    help: bool = False
    attenuation: float = 1.05
    gaussian_size: int = 60
    colormap: int = 20
    cleared: int | None = None
    frame_rate: int = 15
