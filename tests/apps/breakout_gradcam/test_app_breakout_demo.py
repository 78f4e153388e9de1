"""The demo's page plays in a browser."""

import json
import time
from pathlib import Path

import pytest
from breakout_gradcam.__main__ import main
from video_page import video_page

STEPS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, with fewer steps than it has by default."""
    folder = tmp_path_factory.mktemp("demo") / "page"
    assert main(["demo", "-o", str(folder), "-n", str(STEPS)]) == 0
    return folder


@pytest.fixture(scope="module")
def video(folder):
    """The page's video in a browser."""
    with video_page(folder / "index.html") as page:
        yield page


@pytest.fixture
def browser(video):
    return video.browser


def test_the_demo_makes_a_page_with_its_video_and_says_that_it_is_a_sample(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    (entry,) = json.loads((folder / "gallery.json").read_text(encoding="utf-8"))
    assert (folder / entry["video"]).is_file()
    assert (folder / entry["poster"]).is_file()
    assert entry["video"] in page
    assert '<span class="sample">sample</span>' in page
    assert "a DQN of ours after 300,000 training steps; it plays far from perfectly" in page


def test_the_page_names_nothing_outside_its_folder(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert str(folder) not in page


def test_the_facts_on_the_page_are_the_manifests(folder):
    (entry,) = json.loads((folder / "gallery.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "gradcam" / entry["facts"]["manifest"]).read_text(encoding="utf-8"))
    assert entry["facts"]["steps"] == str(manifest["frames"]) == str(STEPS)
    assert manifest["digest"].startswith(entry["facts"]["run digest"])


def test_the_demo_is_not_made_over_another(cli, folder):
    cli("demo", "-o", folder, "-n", 3).fails_with_one_line("exists", "--force")


def test_the_browser_can_show_the_video(video):
    assert video("readyState") >= 2
    assert video("error") is None
    assert (video("videoWidth"), video("videoHeight")) == (840, 630)
    assert video("duration") == pytest.approx(STEPS / 30, abs=0.05)


def test_the_browser_plays_the_video(video, browser):
    browser.execute_script("document.querySelector('video').play()")
    deadline = time.monotonic() + 20
    while video("currentTime") < 0.5 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert video("currentTime") >= 0.5
    assert video("error") is None


def test_the_browser_has_nothing_to_complain_of(browser, video):
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_the_page_shows_the_poster_before_it_plays(browser, folder):
    script = "const i = new Image(); i.src = document.querySelector('video').poster; return i.decode().then("
    assert browser.execute_script(script + "() => [i.naturalWidth, i.naturalHeight])") == [840, 630]


@pytest.mark.parametrize("width", [1280, 420])
def test_nothing_on_the_page_is_wider_than_the_window(width, browser):
    browser.set_window_size(width, 900)
    page, window = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert page <= window
