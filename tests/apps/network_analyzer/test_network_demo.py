"""The sample of each framework, and the page made of it."""

import filecmp
import json
from importlib.resources import files
from pathlib import Path

import pytest
from network_analyzer.__main__ import main
from video_page import open_page

SAMPLE = Path(str(files("network_analyzer") / "sample"))
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo with few steps."""
    folder = tmp_path_factory.mktemp("demo") / "page"
    assert main(["demo", "-o", str(folder), "-n", "4"]) == 0
    return folder


def test_every_picture_and_page_of_the_demo_is_there(made: Path):
    (entry,) = json.loads((made / "gallery.json").read_text())
    assert len(entry["pictures"]) >= 8
    assert [path for path in (*entry["pictures"], *entry["pages"]) if not (made / path).is_file()] == []


def test_the_demo_says_that_it_is_a_sample(made: Path):
    assert '<span class="sample">sample</span>' in (made / "index.html").read_text()


def test_the_page_shows_its_pictures_in_a_browser(made: Path):
    with open_page(made / "index.html") as browser:
        script = (
            "const all = [...document.images]; all.forEach(one => one.loading = 'eager');"
            "return Promise.all(all.map(one => one.decode())).then(() => all.map(one => one.naturalWidth));"
        )
        widths = browser.execute_script(script)
    assert len(widths) >= 8
    assert min(widths) > 100


def test_a_demo_is_not_overwritten_without_force(made: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["demo", "-o", str(made), "-n", "4"]) == 1
    assert "--force" in capsys.readouterr().err


def test_the_pilot_is_the_one_of_donkey_gradcam():
    other = ROOT / "apps" / "donkey-gradcam" / "src" / "donkey_gradcam" / "sample" / "pilot.h5"
    assert filecmp.cmp(SAMPLE / "pilot.h5", other, shallow=False)


def test_without_a_framework_the_demo_says_what_to_install(monkeypatch, capsys, tmp_path: Path):
    monkeypatch.setattr("network_analyzer.sample.networks.find_spec", lambda _: None)
    assert main(["demo", "-o", str(tmp_path / "d")]) == 1
    error = capsys.readouterr().err
    assert "network-analyzer[keras]" in error
    assert error.count("\n") == 1
