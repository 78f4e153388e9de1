import cv2
import pytest
from rlviz_overlay import one_thread


def test_within_the_block_opencv_works_in_one_thread_and_afterwards_as_before():
    before = cv2.getNumThreads()
    with one_thread():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


def test_the_threads_come_back_after_an_error():
    before = cv2.getNumThreads()
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert cv2.getNumThreads() == before
