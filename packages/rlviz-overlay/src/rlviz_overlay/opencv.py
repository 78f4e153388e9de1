"""OpenCV, from one place: a system library that its window code misses is named with its package."""

try:
    import cv2
except ImportError as error:
    if ".so" not in str(error):
        raise
    message = (
        f"OpenCV cannot start: {error}; install the system package that has it "
        "(Debian, Ubuntu: apt-get install libgl1 libglib2.0-0 libxcb1)"
    )
    raise ImportError(message) from error

__all__ = ["cv2"]
