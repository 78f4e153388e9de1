"""Which rows count at a picture."""

import numpy as np
import pandas as pd
import pytest
from deepracer_analyzer.simulation.moments import Moments, episode_starts, rows_since
from deepracer_analyzer.views import BEFORE, Log, Sync

STATES = ["prepare", "in_progress", "off_track", "pause", "in_progress", "in_progress", "in_progress"]
EPISODES = [0, 0, 0, 0, 0, 0, 1]


def moments(rows: list[int], confidence: float = 1.0) -> Moments:
    frame = pd.DataFrame({"episode": EPISODES, "episode_status": STATES})
    shown = np.full(len(rows), np.nan)
    sync = Sync(np.array(rows), np.full(len(rows), confidence), "hud", "", shown)
    return Moments(Log(frame, "a.csv", "B", ""), sync)


def test_the_first_row_of_each_episode_is_found():
    assert episode_starts(np.array([4, 4, 4, 5, 5, 9])).tolist() == [0, 0, 0, 3, 3, 5]


def test_the_rows_since_an_end_begin_after_it():
    assert rows_since(np.array([False, True, False, False, True])).tolist() == [0, 2, 2, 2, 5]


def test_a_moment_is_of_the_row_that_its_picture_shows():
    assert [moments([BEFORE, 0, 0, 1]).at(frame, None).row for frame in range(4)] == [BEFORE, 0, 0, 1]


def test_a_picture_from_before_the_log_has_no_row():
    moment = moments([BEFORE, 0]).at(0, None)
    assert not moment.known
    assert moment.confidence == 0


def test_heat_begins_after_the_last_reset():
    found = moments(list(range(7)))
    assert [found.at(frame, None).heat_from for frame in range(7)] == [0, 0, 3, 4, 4, 4, 6]


def test_a_row_in_which_the_car_is_reset_has_no_heat():
    moment = moments(list(range(7))).at(3, None)
    assert moment.heat_from == moment.row + 1


def test_clearing_counts_from_its_picture_on():
    found = moments(list(range(7)))
    assert found.at(5, 5).heat_from == 5
    assert found.at(4, 5).heat_from == 4  # seen from before, nothing was cleared


def test_clearing_at_a_picture_from_before_the_log_clears_nothing():
    assert moments([BEFORE, 0, 1]).at(2, 0).heat_from == 0


def test_the_episode_of_a_moment_begins_at_its_first_row():
    assert moments(list(range(7))).at(6, None).episode_from == 6


@pytest.mark.parametrize("confidence", [0.0, 0.5, 1.0])
def test_a_moment_is_as_sure_as_its_row(confidence: float):
    assert moments([0], confidence).at(0, None).confidence == confidence
