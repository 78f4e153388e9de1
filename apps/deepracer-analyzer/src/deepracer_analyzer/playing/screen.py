"""The OpenCV window: pictures out, keys in."""

from rlviz_overlay import Frame
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.playing.display import settle_qt
from deepracer_analyzer.playing.playable import ENTER

NAMED: dict[int, str] = {
    13: ENTER, 10: ENTER, 27: "q", 32: "p",
    65361: ",", 65363: ".",  # arrow left and right: Qt, GTK
    2424832: ",", 2555904: ".",  # Windows
    63234: ",", 63235: ".",  # macOS
}  # fmt: skip
"""Keys without a letter, by what `cv2.waitKeyEx` calls them, and the key they stand for."""


class OpenCVScreen:
    """A window of OpenCV's; see `check_display` for whether there can be one.

    Args:
        title: Its name.
    """

    def __init__(self, title: str) -> None:
        settle_qt()
        self._title = title
        cv2.namedWindow(title, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)

    @property
    def closed(self) -> bool:
        """Whether the user closed it."""
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1
        except cv2.error:  # OpenCV 5's answer for a window that is gone
            return True

    def show(self, frame: Frame) -> None:
        """Show a picture, uint8 (H, W, 3), RGB."""
        cv2.imshow(self._title, cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))

    def key(self, seconds: float) -> str | None:
        """Wait for a key, no longer than this.

        Returns:
            The key in lower case, `ENTER`, or None. Space stands for `p`, Esc for `q`, arrows for `,`, `.`.
        """
        return key_name(cv2.waitKeyEx(max(1, round(1000 * seconds))))

    def close(self) -> None:
        """Close the window, if it is still open."""
        if not self.closed:
            cv2.destroyWindow(self._title)
            cv2.waitKey(1)


def key_name(code: int) -> str | None:
    """The name of a key that `cv2.waitKeyEx` gave; None for none, and for keys without a meaning here."""
    if code < 0:
        return None
    for known in (code, code & 0xFFFF):
        if known in NAMED:
            return NAMED[known]
    character = chr(code & 0xFFFF)  # above are modifiers: GTK's Shift, Num Lock
    return character.lower() if character.isascii() and character.isprintable() else None
