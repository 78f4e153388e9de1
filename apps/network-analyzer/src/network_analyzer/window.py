# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Figures on a screen: in a window of matplotlib's, or inline in a notebook."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from rlviz_overlay import Frame, Rect, Size

_SAVE = "save figures instead (mode='save')"
_TOOLKITS = "tkinter (Debian, Ubuntu: apt-get install python3-tk) or the package pyside6"
_DPI = 100
_PART_OF_SCREEN = 0.85
_USUAL_SCREEN = Size(1366, 768)


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook, which shows pictures itself."""
    if "IPython" not in sys.modules:
        return False
    shell = import_module("IPython").get_ipython()
    return getattr(shell, "kernel", None) is not None


def display_picture(png: bytes) -> None:
    """Show a picture, a PNG file's bytes, below the notebook's cell."""
    shown = import_module("IPython.display")
    shown.display(shown.Image(data=png, format="png"))


def display_html(text: str) -> None:
    """Show HTML below the notebook's cell."""
    shown = import_module("IPython.display")
    shown.display(shown.HTML(text))


def check_window() -> None:
    """Make sure that matplotlib can open a window.

    Raises:
        OSError: There is no display, or nothing installed that opens windows.
    """
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        msg = f"no display to show a figure on (DISPLAY is not set), nor a notebook; {_SAVE}"
        raise OSError(msg)
    from matplotlib import pyplot as plt
    from matplotlib.backends.registry import backend_registry

    backend = plt.get_backend()  # matplotlib looks for a toolkit that works
    if backend_registry.resolve_backend(backend)[1] is None:
        msg = (
            f"matplotlib cannot open a window (its backend is {backend}); expected a display that answers, "
            f"and {_TOOLKITS}; {_SAVE}"
        )
        raise OSError(msg)


def show_frame(frame: Frame, title: str) -> None:
    """Show a picture in a window of matplotlib's until it is closed, as `pyplot.show` does.

    Its pixels are the screen's where it is no larger than the screen. Nothing of it is left afterwards.

    Args:
        frame: uint8 (H, W, 3), RGB.
        title: Of the window.

    Raises:
        OSError: There is no window to be had.
    """
    check_window()
    from matplotlib import pyplot as plt

    with _own_qt():
        try:
            figure: Any = plt.figure(figsize=(4, 3), dpi=_DPI, facecolor=frame[0, 0] / 255)
        except (ImportError, RuntimeError) as error:
            msg = f"matplotlib cannot open a window ({error}); expected {_TOOLKITS}; {_SAVE}"
            raise OSError(msg) from error
        try:
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_axis_off()
            axes.imshow(frame, interpolation="auto")
            figure.canvas.manager.set_window_title(title)
            size = _fitted(Size.of(frame), _screen(figure.canvas.manager))
            _set_size(figure, size, 1.0)
            _correct_once(figure, size)
            plt.show(block=True)
        finally:
            plt.close(figure)


def _set_size(figure: Any, size: Size, share: float) -> None:  # noqa: ANN401 - partly unknown
    """Give the figure a size in pixels; a little more, since parts of pixels are cut off."""
    figure.set_size_inches(*((length * share + 0.01) / _DPI for length in (size.width, size.height)))


def _correct_once(figure: Any, size: Size) -> None:  # noqa: ANN401 - partly unknown
    """Undo a scaling by parts, such as 1.04: a screen's density is known when the window is there."""

    def correct(_: object) -> None:
        figure.canvas.mpl_disconnect(connection)
        ratio = figure.canvas.device_pixel_ratio
        if ratio != (whole := max(1, int(ratio))):
            _set_size(figure, size, whole / ratio)

    connection = figure.canvas.mpl_connect("draw_event", correct)


def _fitted(size: Size, screen: Size) -> Size:
    """The picture's size, or as much of the screen as it may take."""
    room = Size(round(screen.width * _PART_OF_SCREEN), round(screen.height * _PART_OF_SCREEN))
    if size.width <= room.width and size.height <= room.height:
        return size
    return Rect.whole(room).fit(size).size


def _screen(manager: Any) -> Size:  # noqa: ANN401 - each toolkit's own
    """The screen's size by Tk or Qt; other toolkits fit their windows to it themselves."""
    window: Any = getattr(manager, "window", None)
    if hasattr(window, "winfo_screenwidth"):
        return Size(window.winfo_screenwidth(), window.winfo_screenheight())
    if hasattr(window, "screen"):
        free = window.screen().availableGeometry()
        return Size(free.width(), free.height())
    return _USUAL_SCREEN


@contextmanager
def _own_qt() -> Generator[None]:
    """Let matplotlib's Qt find its own plugins: importing OpenCV names its own to every Qt."""
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    held = {
        name: os.environ.pop(name) for name in names if f"{os.sep}cv2{os.sep}" in os.environ.get(name, "")
    }
    try:
        yield
    finally:
        os.environ.update(held)
