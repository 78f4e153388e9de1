"""Reports of the borrowed pilot and of the sample agent, over what they really saw."""

from pathlib import Path

import numpy as np
import pytest
from network_analyzer.opening import open_path
from network_analyzer.report.filter_report import filter_report
from network_analyzer.report.pictures import picture_set

PILOTS = Path(__file__).parents[3] / "../shared/data/donkey"


@pytest.fixture(scope="module")
def pilots():
    if not PILOTS.is_dir():
        pytest.skip("there is no donkey data beside the checkout")
    pytest.importorskip("tensorflow")
    return PILOTS


@pytest.mark.shared
@pytest.mark.keras
def test_a_pilots_first_filters_over_its_tub_are_a_tenth_dead_at_most(pilots):
    opened = open_path(pilots / "linear.h5")
    report = filter_report(opened, "conv2d_1", picture_set(pilots / "tub", opened), recipe=None)
    assert report.seen == 500
    assert sum(row.dead for row in report.rows) == 1
    live = [patches for row, patches in zip(report.rows, report.patches, strict=True) if not row.dead]
    assert {len(patches) for patches in live} == {9}
    assert {patch.levels.shape for patches in live for patch in patches} == {(3, 5, 5)}


@pytest.mark.shared
@pytest.mark.keras
def test_what_a_patch_says_is_what_the_pilot_answers_to_its_picture(pilots):
    opened = open_path(pilots / "linear.h5")
    pictures = picture_set(pilots / "tub", opened)
    report = filter_report(opened, "conv2d_5", pictures, recipe=None, top=1)
    levels = np.concatenate([batch.levels for batch in pictures])
    for row, patches in zip(report.rows, report.patches, strict=True):
        for patch in patches:
            maps = opened.backend.activations(opened.preprocessing(levels[patch.number][None]), ["conv2d_5"])
            assert maps["conv2d_5"][0, row.channel][patch.cell] == pytest.approx(patch.activation, rel=1e-4)


@pytest.mark.shared
@pytest.mark.keras
def test_a_pilot_over_time_steps_sees_the_tubs_newest_pictures(pilots):
    opened = open_path(pilots / "rnn.h5")
    pictures = picture_set(pilots / "tub", opened)
    report = filter_report(opened, "time_distributed_6", pictures, recipe=None, features=[0], top=5)
    patches = report.patches[0]
    assert {patch.cell[0] for patch in patches} == {2}
    assert {patch.levels.shape for patch in patches} == {(3, 37, 37)}
