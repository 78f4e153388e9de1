"""The demo's page plays in a browser."""

import json
import time
from pathlib import Path

import pytest
from nn_video_generator.__main__ import main
from video_page import video_page

STEPS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, with fewer steps than it has by default."""
    folder = tmp_path_factory.mktemp("demo") / "page"
    assert main(["demo", "-o", str(folder), "-n", str(STEPS)]) == 0
    return folder


@pytest.fixture(scope="module")
def video(folder):
    """The page's first video in a browser."""
    with video_page(folder / "index.html") as page:
        yield page


def test_the_page_has_both_checkpoints_and_says_that_they_are_a_sample(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    entries = json.loads((folder / "gallery.json").read_text(encoding="utf-8"))
    assert [entry["title"] for entry in entries] == ["10 % of the training", "50 % of the training"]
    assert all((folder / entry[name]).is_file() for entry in entries for name in ("video", "poster"))
    assert page.count('<span class="sample">sample</span>') == 2
    assert "it plays far from perfectly" in page


def test_the_page_names_nothing_outside_its_folder(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert str(folder) not in page


def test_the_demo_is_not_made_over_another(cli, folder):
    cli("demo", "-o", folder, "-n", 3).fails_with_one_line("exists", "--force")


def test_the_browser_can_show_the_video(video):
    assert video("error") is None
    assert (video("videoWidth"), video("videoHeight")) == (960, 540)
    assert video("duration") == pytest.approx(STEPS / 15, abs=0.05)


def test_the_browser_plays_the_video(video):
    video.browser.execute_script("document.querySelector('video').play()")
    deadline = time.monotonic() + 20
    while video("currentTime") < 0.5 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert video("currentTime") >= 0.5
    assert video("error") is None


def test_the_browser_has_nothing_to_complain_of(video):
    assert [entry for entry in video.browser.get_log("browser") if entry["level"] == "SEVERE"] == []
