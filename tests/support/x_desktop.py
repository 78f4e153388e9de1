"""A screen in memory, for windows that are looked at and closed from outside."""

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from rlviz_overlay import Frame

SUPPORT = Path(__file__).parent
PATIENCE = 60.0
"""Seconds that anything may take."""


class Desktop:
    """An X server without a screen: its picture lies in a file."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        ends = os.pipe()
        command = ["Xvfb", "-displayfd", str(ends[1]), "-screen", "0", f"{width}x{height}x24"]
        self.width, self.height = width, height
        self._folder = folder
        self._process = subprocess.Popen(
            [*command, "-fbdir", str(folder), "-nolisten", "tcp", "-noreset"],
            pass_fds=[ends[1]],
            stderr=subprocess.DEVNULL,
        )
        os.close(ends[1])
        with os.fdopen(ends[0]) as answer:
            self.name = f":{answer.readline().strip()}"

    def picture(self) -> Frame:
        """What is on the screen, uint8 (height, width, 3), RGB; from an XWD file, version 7."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        header = np.frombuffer(data, ">u4", 25)
        start, pitch = int(header[0] + 12 * header[19]), int(header[12])
        rows = np.frombuffer(data, np.uint8, pitch * self.height, start).reshape(self.height, pitch)
        return rows[:, : 4 * self.width].reshape(self.height, self.width, 4)[:, :, 2::-1]

    def do(self, *words: str) -> str:
        """Run xdotool."""
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def environment(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.name, "PYTHONPATH": str(SUPPORT), "OMP_NUM_THREADS": "1"}

    def close_window(self, window: int) -> None:
        """Ask a window to close, as the X in its frame does."""
        send_delete(self.name, window)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def new_desktop(folder: Path, width: int, height: int) -> Iterator[Desktop]:
    """A desktop until the block is left; the test is skipped where there is no X server for it."""
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    desktop = Desktop(folder, width, height)
    try:
        yield desktop
    finally:
        desktop.close()


def send_delete(display: str, window: int) -> None:
    """Send WM_DELETE_WINDOW, see ICCCM section 4.2.8.1."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = xcb.xcb_intern_atom_reply.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    atoms = []
    for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"):
        asked = ctypes.c_uint(xcb.xcb_intern_atom(connection, 0, len(name), name))
        reply = xcb.xcb_intern_atom_reply(connection, asked, None)
        atoms.append(ctypes.c_uint32.from_address(reply + 8).value)
    client_message, format_bits = 33, 32
    head = np.array([client_message, format_bits, 0, 0], np.uint8).tobytes()
    event = head + np.array([window, *atoms, 0, 0, 0, 0], np.uint32).tobytes()
    xcb.xcb_send_event(connection, 0, window, 0, event)
    xcb.xcb_flush(connection)
    time.sleep(0.1)
    xcb.xcb_disconnect(connection)
