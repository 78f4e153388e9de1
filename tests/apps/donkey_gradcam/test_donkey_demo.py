"""The sample that comes with the package: its pilot, and the page made of it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from donkey_gradcam.sample.sample_drive import drive_track
from rlviz_video import VideoSource, read_timeline
from video_page import video_page

pytestmark = pytest.mark.keras

PILOT = Path(str(files("donkey_gradcam") / "sample" / "pilot.h5"))
FRAMES = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The demo's folder and what was said."""
    pytest.importorskip("tensorflow")
    from donkey_gradcam.sample.demo import make_demo

    folder, said = tmp_path_factory.mktemp("demo") / "page", list[str]()
    assert make_demo(folder, FRAMES, force=False, say=said.append) == folder / "index.html"
    return folder, said


@pytest.fixture(scope="module")
def backend():
    """The sample's pilot, opened as a user's file is."""
    pytest.importorskip("tensorflow")
    from rlviz_cam import open_model_file

    return open_model_file(PILOT)


def steer(backend, frames) -> np.ndarray:
    """The pilot's steering, (n,), for uint8 frames."""
    inputs = np.float32(np.stack(frames).transpose(0, 3, 1, 2)) / np.float32(255)
    return np.asarray(backend.predict(inputs)["n_outputs0"])[:, 0]


def test_the_pilot_is_small():
    assert PILOT.stat().st_size < 300_000


def test_the_pilot_has_the_names_of_donkeycars_linear_pilot(backend):
    assert dict(backend.inputs()) == {"img_in": (3, 120, 160)}
    assert dict(backend.heads()) == {"n_outputs0": (1,), "n_outputs1": (1,)}
    assert [layer.name for layer in backend.layers() if layer.is_spatial][-1] == "conv2d_5"


def test_the_pilot_steers_as_the_driver_on_a_track_it_has_not_seen(backend):
    frames, commands = zip(*drive_track(150, 8), strict=True)
    driver = [command.angle for command in commands]
    assert np.corrcoef(steer(backend, frames), driver)[0, 1] > 0.9


def test_the_pilot_steers_the_other_way_in_the_mirror(backend):
    frames, _ = zip(*drive_track(60, 8), strict=True)
    as_seen, mirrored = steer(backend, frames), steer(backend, [frame[:, ::-1] for frame in frames])
    assert np.corrcoef(as_seen, mirrored)[0, 1] < -0.9


def test_the_pilot_does_not_need_what_is_above_the_horizon(backend):
    frames, _ = zip(*drive_track(60, 8), strict=True)
    grey = np.stack(frames)
    grey[:, :36] = 70
    assert np.corrcoef(steer(backend, frames), steer(backend, list(grey)))[0, 1] > 0.9


def test_the_pilot_is_lost_without_the_borders(backend, monkeypatch):
    from donkey_gradcam.sample import track_scenery

    frames, _ = zip(*drive_track(60, 8), strict=True)
    monkeypatch.setattr(track_scenery, "_WHITE", (80, 78, 74))  # of the floor's colour
    bare, commands = zip(*drive_track(60, 8), strict=True)
    driver = np.array([command.angle for command in commands])
    error, lost = (np.abs(steer(backend, pictures) - driver).mean() for pictures in (frames, bare))
    assert lost > 3 * error


def test_the_demo_has_a_video_of_every_frame(made):
    folder, _ = made
    assert len(list(VideoSource(folder / "donkey-gradcam.mp4"))) == FRAMES


def test_the_demo_is_made_from_a_tub_as_a_user_has_one(made):
    folder, _ = made
    manifest = json.loads((folder / "donkey-gradcam.manifest.json").read_text())
    assert manifest["drive"]["kind"] == "tub v2"
    assert len(list((folder / "tub" / "images").iterdir())) == FRAMES


def test_the_demos_pilot_steers_nearly_as_the_driver(made):
    folder, _ = made
    rows: list[Any] = list(read_timeline(folder / "donkey-gradcam.timeline.csv"))
    errors = [abs(row["pilot_angle"] - row["user_angle"]) for row in rows]
    assert len(rows) == FRAMES
    assert np.mean(errors) < 0.1


def test_the_page_and_the_console_say_that_it_is_a_sample(made):
    folder, said = made
    page = (folder / "index.html").read_text()
    assert '<span class="sample">sample</span>' in page
    assert "a track that this program draws" in page
    assert said[0].startswith("Sample: a track that this program draws")
    assert "no car was there" in (folder / "tub" / "manifest.json").read_text()


def test_the_page_shows_the_video_and_its_poster(made):
    folder, _ = made
    (entry,) = json.loads((folder / "gallery.json").read_text())
    assert (folder / entry["video"]).is_file()
    assert (folder / entry["poster"]).is_file()


def test_the_browser_can_show_the_video(made):
    folder, _ = made
    with video_page(folder / "index.html") as video:
        assert video("readyState") >= 2
        assert video("error") is None
        assert video("duration") == pytest.approx(FRAMES / 20, abs=0.05)


def test_the_demo_replaces_nothing_without_force(made):
    from donkey_gradcam.sample.demo import make_demo

    folder, _ = made
    with pytest.raises(FileExistsError, match="--force"):
        make_demo(folder, 2, force=False, say=lambda _: None)


def test_a_demo_of_no_frames_is_refused(tmp_path: Path):
    pytest.importorskip("tensorflow")
    from donkey_gradcam.sample.demo import make_demo

    with pytest.raises(ValueError, match="0 frames: there is nothing to show"):
        make_demo(tmp_path / "page", 0, force=False, say=lambda _: None)
    assert not (tmp_path / "page").exists()
