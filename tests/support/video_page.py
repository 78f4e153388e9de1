"""A page, such as one with a video, opened in Chromium without a window; skipped where there is none."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class VideoPage:
    """An open page; asks its first video for a property, once that knows its first frame.

    Args:
        browser: Selenium's driver.
    """

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.run("preload = 'auto'")
        deadline = time.monotonic() + 20
        while self("readyState") < 2 and time.monotonic() < deadline:
            time.sleep(0.05)

    def __call__(self, name: str) -> Any:
        return self.run(name)

    def run(self, script: str) -> Any:
        """What `video.<script>` gives."""
        return self.browser.execute_script(f"return document.querySelector('video').{script}")


@contextmanager
def video_page(page: Path) -> Iterator[VideoPage]:
    """Open a page with a video from the disk."""
    with open_page(page) as browser:
        yield VideoPage(browser)


@contextmanager
def open_page(page: Path) -> Iterator[Any]:
    """Open any page from the disk; Selenium's driver."""
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver here")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    with webdriver.Chrome(options, webdriver.ChromeService(driver)) as browser:
        browser.get(page.as_uri())
        yield browser
