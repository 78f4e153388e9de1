"""The demo's page plays in a browser."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from breakout_gradcam.__main__ import main

STEPS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, with fewer steps than it has by default."""
    folder = tmp_path_factory.mktemp("demo") / "page"
    assert main(["demo", "-o", str(folder), "-n", str(STEPS)]) == 0
    return folder


@pytest.fixture(scope="module")
def browser(folder):
    """Chromium without a window, with the demo's page open."""
    from selenium import webdriver

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver here")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as browser:
        browser.get((folder / "index.html").as_uri())
        yield browser


@pytest.fixture
def video(browser):
    """Ask the page's video for a property, once it knows the first frame."""

    def ask(name: str) -> Any:
        return browser.execute_script(f"return document.querySelector('video').{name}")

    browser.execute_script("document.querySelector('video').preload = 'auto'")
    deadline = time.monotonic() + 20
    while ask("readyState") < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    return ask


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
