"""The demo: its page, and what lies beside it."""

import json
from pathlib import Path

import pytest
from deepracer_analyzer.sample.demo import make_demo
from deepracer_analyzer.sample.lap import SampleFiles
from rlviz_video import VideoSource, read_manifest
from video_page import video_page

FRAMES = 30


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The demo's folder and what was said."""
    folder, said = tmp_path_factory.mktemp("demo") / "page", list[str]()
    assert make_demo(folder, FRAMES, force=False, say=said.append) == folder / "index.html"
    return folder, said


def test_the_demo_says_that_it_is_a_sample(made: tuple[Path, list[str]]):
    folder, said = made
    assert any(line.startswith("Sample: ") for line in said)
    assert '<span class="sample">sample</span>' in (folder / "index.html").read_text()


def test_the_page_has_its_video_with_every_picture(made: tuple[Path, list[str]]):
    folder, _ = made
    (entry,) = json.loads((folder / "gallery.json").read_text())
    assert sum(1 for _ in VideoSource(folder / entry["video"])) == FRAMES
    assert (folder / entry["poster"]).is_file()
    assert entry["facts"]["pictures"] == str(FRAMES)


def test_the_rows_of_the_demo_are_found_by_the_speed_in_its_pictures(made: tuple[Path, list[str]]):
    folder, _ = made
    assert read_manifest(folder / "deepracer-analyzer.manifest.json")["sync"]["method"] == "hud"


def test_the_demos_model_is_a_folder_like_a_users(made: tuple[Path, list[str]]):
    folder, _ = made
    files = SampleFiles.under(folder / "model")
    assert files.log.is_file()
    assert files.video.is_file()


def test_the_browser_can_show_the_video(made: tuple[Path, list[str]]):
    folder, _ = made
    with video_page(folder / "index.html") as video:
        assert video("readyState") >= 2
        assert video("error") is None
        assert video("duration") == pytest.approx(FRAMES / 15, abs=0.05)


def test_the_demo_replaces_nothing_without_force(made: tuple[Path, list[str]]):
    folder, _ = made
    with pytest.raises(FileExistsError, match="--force"):
        make_demo(folder, 2, force=False, say=lambda _: None)


def test_a_demo_of_no_frames_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="1 or more"):
        make_demo(tmp_path, 0, force=False, say=lambda _: None)
