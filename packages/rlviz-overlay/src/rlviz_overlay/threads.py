"""OpenCV's own threads, switched off where they cost more than they save."""

from collections.abc import Generator
from contextlib import contextmanager

from rlviz_overlay.opencv import cv2


@contextmanager
def one_thread() -> Generator[None]:
    """Let OpenCV work in the calling thread alone within the block, for the whole process.

    For pictures of video size its worker threads mostly wait for each other, busily: drawing a frame takes
    several times the CPU time, and other threads (an encoder, a network) get less of it.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
