"""What becomes of a figure: shown, saved under a name that is free, or not drawn at all."""

import hashlib
import html
import os
import re
import tempfile
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Literal, get_args

from rlviz_overlay import Frame, encode_png
from rlviz_video import make_folder, manifest_path, whole_file
from rlviz_video.outputs import naming

from network_analyzer import window

Mode = Literal["show", "save", "return"]

LONGEST_NAME = 100
"""Bytes of a file's name without its ending."""


class Presenter:
    """Does with each figure what a mode says.

    Args:
        mode: ``show``: in a window of matplotlib's until it is closed, or inline in a notebook; ``save``: as
            a PNG file; ``return``: nothing, figures are not even drawn.
        folder: Where files are saved; made when the first one is.

    Raises:
        ValueError: There is no such mode.
    """

    def __init__(self, mode: Mode, folder: Path) -> None:
        if mode not in get_args(Mode):
            msg = f"no mode {mode!r}; choose one of: {', '.join(get_args(Mode))}"
            raise ValueError(msg)
        self.mode: Mode = mode
        self.folder = folder

    def check(self) -> None:
        """Refuse, before any work is done, what could not be presented after it.

        Raises:
            OSError: There is no window to show figures in, or the folder cannot be written to.
        """
        if self.mode == "show" and not window.in_notebook():
            window.check_window()
        if self.mode == "save":
            _check_folder(self.folder)

    def present(self, make: Callable[[], Frame], name: str) -> Path | None:
        """Show or save a figure.

        Args:
            make: Draws it, uint8 (H, W, 3) RGB; only called where it is wanted.
            name: Of its file, by file_name(); its window's title.

        Returns:
            The file that it was saved as, if it was.

        Raises:
            OSError: There is no window, or the file cannot be written.
        """
        if self.mode == "save":
            return save_figure(make(), self.folder, name)
        if self.mode == "show":
            frame = make()
            if window.in_notebook():
                window.display_picture(encode_png(frame))
            else:
                window.show_frame(frame, name)
        return None

    def present_page(self, write: Callable[[Path], object], name: str) -> Path | None:
        """Show or save a page; only one in HTML is shown, in a browser, or inline in a notebook.

        Args:
            write: Writes it to a path where nothing is.
            name: Of its file, with its ending.

        Returns:
            The file that it was saved as, if it was.

        Raises:
            OSError: There is no browser, or the file cannot be written.
        """
        if self.mode == "save":
            path = next(_free_paths(make_folder(self.folder), Path(name)))
            write(path)
            return path
        if self.mode == "show" and Path(name).suffix == ".html":
            _show_page(write, name)
        return None


def file_name(*parts: str) -> str:
    """A file's name, without an ending, that says what is in it and is valid everywhere.

    Args:
        parts: What it is made of, joined by underscores; what is no letter, digit, ``.``, ``_`` or ``-``
            becomes ``-``. A name of more than `LONGEST_NAME` bytes is cut, and ends in a digest of it all.
    """
    whole = "_".join(parts)
    name = re.sub(r"[^\w.\-]+", "-", whole).strip(".-") or "figure"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    kept = name.encode()[: LONGEST_NAME - len(digest) - 1].decode(errors="ignore").rstrip("_.-")
    return f"{kept}-{digest}"


def save_figure(frame: Frame, folder: Path, name: str) -> Path:
    """Save a figure as `<folder>/<name>.png`, or `<name>_2.png` and so on where that is taken.

    The name is taken at once, so that other processes that save in the same folder choose another.

    Args:
        frame: uint8 (H, W, 3), RGB.
        folder: Made where it is missing.
        name: Without its ending, by file_name().

    Returns:
        Where it is.

    Raises:
        OSError: The folder cannot be made, or the file cannot be written.
    """
    path = _taken(make_folder(folder), Path(f"{name}.png"))
    try:
        return write_figure(frame, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_figure(frame: Frame, path: Path) -> Path:
    """Write a figure as a PNG file, whole or not at all; a file that is there is replaced.

    Args:
        frame: uint8 (H, W, 3), RGB.
        path: Where to; its folder is there.

    Returns:
        The same path.

    Raises:
        OSError: The file cannot be written.
    """
    with whole_file(path) as part:
        part.write_bytes(encode_png(frame))
    return path


def _show_page(write: Callable[[Path], object], name: str) -> None:
    """Show an HTML page; one for a browser stays among the temporary files, where it is read from."""
    if window.in_notebook():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            write(path)
            text = path.read_text(encoding="utf-8")
        frame = f'<iframe srcdoc="{html.escape(text)}" width="100%" height="700"></iframe>'
        window.display_html(f"<div>{frame}</div>")
        return
    path = Path(tempfile.mkdtemp(prefix="network-analyzer-"), name)
    write(path)
    if not webbrowser.open(path.as_uri()):
        msg = f"no browser to show {path} in; open it yourself, or save it: mode='save'"
        raise OSError(msg)


def _taken(folder: Path, name: Path) -> Path:
    """A path that was free and where an empty file now is."""
    paths = _free_paths(folder, name)
    while True:
        path = next(paths)
        with naming(path), suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path


def _free_paths(folder: Path, name: Path) -> Iterator[Path]:
    """Paths where nothing is, nor a manifest: with the name itself, then with a number."""
    for number in count(1):
        end = "" if number == 1 else f"_{number}"
        path = folder / f"{name.stem}{end}{name.suffix}"
        if not path.exists() and not manifest_path(path).exists():
            yield path


def _check_folder(folder: Path) -> None:
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        msg = f"{there} is a file; expected a folder for figures, choose another with figure_directory="
        raise NotADirectoryError(msg)
    if not os.access(there, os.W_OK | os.X_OK):
        msg = f"{there} cannot be written to; choose another folder with figure_directory="
        raise PermissionError(msg)
