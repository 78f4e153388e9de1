"""The sample's folder: what lies in it, and that it is the same every time."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import read_log
from deepracer_analyzer.sample import lap as sample_lap
from deepracer_analyzer.sample.lap import SAMPLE, SampleFiles, write_sample
from deepracer_analyzer.sample.trace import HEADER
from rlviz_video import VideoSource, part_path

FRAMES = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(
        tmp_path_factory.mktemp("sample") / "model", FRAMES, force=False, say=lambda _line: None
    )


@pytest.fixture(scope="module")
def files(folder):
    return SampleFiles.under(folder)


def digests(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }


def test_the_folder_is_laid_out_as_deepracer_for_cloud_leaves_a_model(folder):
    assert set(digests(folder)) == {
        "README.txt",
        "evaluation-20260101000000/evaluation-simtrace/0-iteration.csv",
        "metrics/EvaluationMetrics-20260101000000.json",
        "model/model_metadata.json",
        "mp4/camera-pip/0-video.mp4",
        "mp4/camera-pip/video_truth.csv",
        "tracks/rlviz_sample.npy",
    }


def test_the_same_sample_has_the_same_bytes(folder, tmp_path):
    again = write_sample(tmp_path / "again", FRAMES, force=False, say=lambda _line: None)
    assert digests(again) == digests(folder)


def test_the_log_is_one_of_schema_c(files):
    log = read_log(files.log)
    assert log.schema == "C"
    assert log.problems == ()
    assert files.log.read_text().splitlines()[0] == HEADER


def test_steps_are_written_as_the_simulator_writes_them(files):
    first = dict(zip(HEADER.split(","), files.log.read_text().splitlines()[1].split(","), strict=True))
    assert (first["steps"], first["done"], first["action"].isdigit()) == ("1.0", "False", True)
    assert (first["episode_status"], first["obstacle_crash_counter"]) == ("prepare", "0")


def test_times_in_the_metrics_are_those_of_the_log(files):
    frame = read_log(files.log).frame
    stamps, episodes = frame["tstamp"].to_numpy(np.float64), frame["episode"].to_numpy()
    metrics = json.loads(files.metrics.read_text())["metrics"]
    assert len(metrics) == 2
    for episode, entry in enumerate(metrics):
        of_lap = stamps[episodes == episode]
        assert entry["start_time"] == round(1000 * of_lap[0])
        assert entry["metric_time"] == round(1000 * of_lap[-1])
        assert entry["elapsed_time_in_milliseconds"] == entry["metric_time"] - entry["start_time"]


def test_the_log_is_whole_and_the_video_has_at_most_so_many_pictures(files):
    truth = [line.split(",") for line in files.truth.read_text().splitlines()]
    assert len(read_log(files.log).frame) > 400
    assert truth == [["frame", "row"], ["0", "-1"], ["1", "-1"], ["2", "-1"], ["3", "0"], ["4", "1"]]
    assert sum(1 for _ in VideoSource(files.video)) == FRAMES


def test_the_metadatas_actions_are_those_of_the_log(files):
    space = json.loads(files.metadata.read_text())["action_space"]
    frame = read_log(files.log).frame
    for action, steer, throttle in zip(frame["action"], frame["steer"], frame["throttle"], strict=True):
        assert (space[action]["steering_angle"], space[action]["speed"]) == (steer, throttle)
        assert space[action]["index"] == action


def test_the_folder_says_what_it_is(files):
    assert files.about.read_text().startswith("A sample. Nobody's car")


def test_it_is_said_that_it_is_a_sample(tmp_path, monkeypatch):
    monkeypatch.setattr(sample_lap, "film", lambda *_: iter([np.zeros((480, 640, 3), np.uint8)]))
    lines = []
    write_sample(tmp_path, 1, force=False, say=lines.append)
    assert lines == [SAMPLE]


def test_what_exists_is_refused_before_any_work(tmp_path):
    track = SampleFiles.under(tmp_path).track
    track.parent.mkdir(parents=True)
    track.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="--force"):
        write_sample(tmp_path, 1, force=False, say=lambda _line: None)
    assert track.read_bytes() == b"mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [track]


def test_force_writes_it_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(sample_lap, "film", lambda *_: iter([np.zeros((480, 640, 3), np.uint8)]))
    for _ in range(2):
        write_sample(tmp_path, 1, force=True, say=lambda _line: None)
    assert SampleFiles.under(tmp_path).log.is_file()


def test_no_pictures_are_refused(tmp_path):
    with pytest.raises(ValueError, match="0 frames: there is nothing to show"):
        write_sample(tmp_path, 0, force=False, say=lambda _line: None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "model").write_text("mine")
    with pytest.raises(NotADirectoryError, match="expected a folder"):
        write_sample(tmp_path / "model", 1, force=False, say=lambda _line: None)


def test_after_an_interrupt_the_truth_is_that_of_the_pictures_there_are(tmp_path, monkeypatch):
    def two_pictures(*_):
        yield from np.zeros((2, 480, 640, 3), np.uint8)
        raise KeyboardInterrupt

    monkeypatch.setattr(sample_lap, "film", two_pictures)
    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path, 9, force=False, say=lambda _line: None)
    files = SampleFiles.under(tmp_path)
    assert files.truth.read_text() == "frame,row\n0,-1\n1,-1\n"
    assert sum(1 for _ in VideoSource(files.video)) == 2
    assert not part_path(files.video).exists()
