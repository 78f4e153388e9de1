"""Facts about what becomes of figures: windows, notebooks, files and their names."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from network_analyzer import window
from network_analyzer.showing import Presenter, file_name, save_figure, write_figure
from rlviz_overlay import Frame
from rlviz_overlay.opencv import cv2
from x_desktop import PATIENCE, Desktop, new_desktop

RNG = np.random.default_rng(0)
FRAME = RNG.integers(0, 256, (50, 70, 3), dtype=np.uint8)
WIDTH, HEIGHT = 640, 480


def read(path: Path) -> Frame:
    picture = cv2.imread(str(path))
    assert picture is not None
    return np.asarray(picture[..., ::-1], np.uint8)


def never() -> Frame:
    raise AssertionError


# ------------------------------------------------------------------ names


def test_a_file_is_named_after_its_parts():
    assert file_name("weights", "block1_conv1") == "weights_block1_conv1"


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("encoder/conv1", "encoder-conv1"),
        ("features.0", "features.0"),
        ("a\\b:c*?", "a-b-c"),
        ("../../etc/passwd", "etc-passwd"),
        ("Schicht über 1", "Schicht-über-1"),
        ("a\nb\0c", "a-b-c"),
        ("層", "層"),
    ],
)
def test_a_layers_name_becomes_one_that_any_system_takes(layer, said, tmp_path):
    assert file_name(layer) == said
    assert save_figure(FRAME, tmp_path, file_name(layer)).parent == tmp_path


@pytest.mark.parametrize("parts", [("",), ("..",), ("///",), ()])
def test_a_name_of_nothing_is_one_nonetheless(parts):
    assert file_name(*parts) == "figure"


def test_the_name_of_512_features_is_short_and_its_own():
    names = [
        file_name("feature_maps", "conv1", "_".join(str(one) for one in range(first, 512)))
        for first in (0, 1)
    ]
    assert all(len(f"{name}_999.manifest.json".encode()) < 120 for name in names)
    assert names[0].startswith("feature_maps_conv1_0_1_2")
    assert names[0] != names[1]
    assert names[0] == file_name("feature_maps", "conv1", "_".join(str(one) for one in range(512)))


def test_a_long_name_is_cut_between_its_letters():
    name = file_name("層" * 100)
    assert len(name.encode()) <= 100
    assert name.startswith("層" * 20)


# ------------------------------------------------------------------ files


def test_a_saved_figure_has_the_frames_pixels_and_the_folder_is_made_for_the_first(tmp_path):
    folder = tmp_path / "docs" / "analysis" / "figures"
    presenter = Presenter("save", folder)
    presenter.check()
    assert not folder.exists()
    path = presenter.present(lambda: FRAME, "weights_conv1")
    assert path is not None
    assert path == folder / "weights_conv1.png"
    assert (read(path) == FRAME).all()
    assert [one.name for one in folder.iterdir()] == ["weights_conv1.png"]


def test_a_saved_figure_is_never_overwritten(tmp_path):
    presenter = Presenter("save", tmp_path)
    paths = [presenter.present(lambda number=number: FRAME + np.uint8(number), "a") for number in range(3)]
    assert [path.name for path in paths if path] == ["a.png", "a_2.png", "a_3.png"]
    for number, path in enumerate(paths):
        assert path is not None
        assert (read(path) == FRAME + np.uint8(number)).all()


def test_a_name_whose_manifest_is_left_is_not_free(tmp_path):
    (tmp_path / "a.manifest.json").write_text("{}")
    assert save_figure(FRAME, tmp_path, "a").name == "a_2.png"


def test_processes_that_save_at_once_take_different_names(tmp_path):
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from network_analyzer.showing import save_figure\n"
        "[save_figure(np.full((9, 9, 3), 7, np.uint8), Path(sys.argv[1]), 'a') for _ in range(20)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(PATIENCE * 3) for process in running] == [0, 0]
    saved = sorted(tmp_path.iterdir())
    assert len(saved) == 40
    assert all((read(path) == 7).all() for path in saved)


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    first, second = (save_figure(FRAME, tmp_path, "a").read_bytes() for _ in range(2))
    assert first == second


def test_a_figure_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"^cannot write [^\n]*a\.png: No space left on device$"):
        save_figure(FRAME, tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_of_a_name_that_is_chosen_replaces_what_is_there(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"before")
    assert write_figure(FRAME, path) == path
    assert (read(path) == FRAME).all()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told_before_any_work(tmp_path):
    tmp_path.chmod(0o500)
    presenter = Presenter("save", tmp_path / "figures")
    with pytest.raises(PermissionError, match=r"^[^\n]*cannot be written to; choose another[^\n]*$"):
        presenter.check()
    with pytest.raises(PermissionError, match=r"^cannot make the folder [^\n]*$"):
        presenter.present(lambda: FRAME, "a")


def test_a_folder_whose_system_refuses_it_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match=r"^[^\n]*cannot be written to; choose another[^\n]*$"):
        Presenter("save", tmp_path / "figures").check()


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_in_the_folders_place_is_told_in_one_line(tmp_path, below):
    (tmp_path / "docs").write_text("mine")
    presenter = Presenter("save", tmp_path / "docs" / below)
    with pytest.raises(NotADirectoryError, match=r"^[^\n]*docs is a file; expected a folder[^\n]*$"):
        presenter.check()
    with pytest.raises(NotADirectoryError, match=r"^[^\n]*docs is a file; expected a folder[^\n]*$"):
        presenter.present(lambda: FRAME, "a")
    assert (tmp_path / "docs").read_text() == "mine"


def test_a_relative_folder_is_checked_where_the_work_is_done(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Presenter("save", Path("docs/analysis/figures")).check()
    assert list(tmp_path.iterdir()) == []


def test_in_mode_return_nothing_is_drawn_nor_written(tmp_path):
    presenter = Presenter("return", tmp_path / "figures")
    presenter.check()
    assert presenter.present(never, "a") is None
    assert presenter.present_page(lambda _: never(), "a.html") is None
    assert list(tmp_path.iterdir()) == []


def test_a_mode_that_there_is_not_is_refused(tmp_path):
    mode: Any = "print"
    with pytest.raises(ValueError, match=r"^no mode 'print'; choose one of: show, save, return$"):
        Presenter(mode, tmp_path)


def test_pages_are_saved_under_names_that_are_free(tmp_path):
    presenter = Presenter("save", tmp_path / "figures")
    for number in range(2):
        presenter.present_page(lambda path, number=number: path.write_text(f"page {number}"), "report.html")
    presenter.present_page(lambda path: path.write_text("pdf"), "report.pdf")
    found = {path.name: path.read_text() for path in (tmp_path / "figures").iterdir()}
    assert found == {"report.html": "page 0", "report_2.html": "page 1", "report.pdf": "pdf"}


def test_a_page_is_shown_in_a_browser_and_a_pdf_is_not_even_made(tmp_path, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: str(tmp_path))
    monkeypatch.setattr("webbrowser.open", lambda address: bool(opened.append(address)) or True)
    presenter = Presenter("show", tmp_path / "figures")
    presenter.present_page(lambda path: path.write_text("page"), "report.html")
    presenter.present_page(lambda _: never(), "report.pdf")
    assert opened == [(tmp_path / "report.html").as_uri()]
    assert (tmp_path / "report.html").read_text() == "page"


def test_a_page_without_a_browser_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: str(tmp_path))
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    with pytest.raises(OSError, match=r"^no browser to show [^\n]*report\.html in; [^\n]*mode='save'$"):
        Presenter("show", tmp_path).present_page(lambda path: path.write_text("page"), "report.html")


# ------------------------------------------------------------------ without a window


@pytest.fixture
def no_display(monkeypatch):
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems have a display")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_display")
def test_without_a_display_one_line_says_how_to_save(tmp_path):
    presenter = Presenter("show", tmp_path / "figures")
    settings = dict(matplotlib.rcParams)
    for show in (presenter.check, lambda: presenter.present(lambda: FRAME, "a")):
        with pytest.raises(OSError, match=r"^no display [^\n]*DISPLAY is not set[^\n]*mode='save'\)$"):
            show()
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == settings
    assert list(tmp_path.iterdir()) == []


def test_a_backend_without_windows_is_told_with_what_opens_one(tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    plt.switch_backend("agg")
    presenter = Presenter("show", tmp_path)
    with pytest.raises(OSError, match=r"^matplotlib [^\n]*agg[^\n]*python3-tk[^\n]*mode='save'\)$"):
        presenter.present(lambda: FRAME, "a")
    assert matplotlib.get_backend() == "agg"
    assert plt.get_fignums() == []


def test_a_toolkit_that_is_missing_is_told(tmp_path, monkeypatch):
    def missing(*_, **__):
        raise ImportError("No module named '_tkinter'")

    monkeypatch.setattr(window, "check_window", lambda: None)
    monkeypatch.setattr(plt, "figure", missing)
    with pytest.raises(OSError, match=r"^matplotlib [^\n]*_tkinter[^\n]*python3-tk[^\n]*mode='save'\)$"):
        Presenter("show", tmp_path).present(lambda: FRAME, "a")


def test_importing_what_shows_loads_no_pyplot():
    code = "import sys, network_analyzer.showing; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_opencvs_plugins_are_not_offered_to_another_qt_and_are_back_afterwards(monkeypatch):
    opencvs = str(Path(cv2.__file__).parent / "qt" / "plugins")
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", opencvs)
    monkeypatch.setenv("QT_QPA_FONTDIR", "/usr/share/fonts")
    with window._own_qt():
        assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ
        assert os.environ["QT_QPA_FONTDIR"] == "/usr/share/fonts"
    assert os.environ["QT_QPA_PLATFORM_PLUGIN_PATH"] == opencvs


# ------------------------------------------------------------------ in a window

SHOWING = """
import os, sys
import numpy as np
import matplotlib
from pathlib import Path
from network_analyzer.showing import Presenter
frame = np.load(sys.argv[1])
before, environment = dict(matplotlib.rcParams), dict(os.environ)
presenter = Presenter("show", Path("never"))
presenter.check()
presenter.present(lambda: frame, "maps of conv1")
from matplotlib import pyplot as plt
after = dict(matplotlib.rcParams)
changed = [name for name in before if name != "backend" and before[name] != after[name]]
print(plt.get_fignums(), changed, dict(os.environ) == environment, Path("never").exists())
"""


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    pytest.importorskip("tkinter")
    with new_desktop(tmp_path_factory.mktemp("screen"), WIDTH, HEIGHT) as desktop:
        yield desktop


def show(desktop: Desktop, frame: Frame, folder: Path, is_there: Callable[[Frame], bool]) -> str:
    """Wait until a figure is on the screen, close its window; what is printed then."""
    np.save(folder / "frame.npy", frame)
    process = subprocess.Popen(
        [sys.executable, "-c", SHOWING, str(folder / "frame.npy")],
        env=desktop.environment() | {"MPLBACKEND": "tkagg"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        ends = time.monotonic() + 3 * PATIENCE
        while not is_there(desktop.picture()):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < ends
            time.sleep(0.05)
        (shown,) = desktop.do("search", "--onlyvisible", "--name", "^maps of conv1$").split()
        desktop.close_window(int(shown))
        out, err = process.communicate(timeout=3 * PATIENCE)
        assert (process.returncode, err) == (0, "")
        return out
    finally:
        process.kill()
        process.communicate()


def test_a_figure_is_shown_pixel_for_pixel_until_its_window_is_closed_and_leaves_nothing(desktop, tmp_path):
    frame = RNG.integers(0, 256, (210, 510, 3), dtype=np.uint8)
    out = show(desktop, frame, tmp_path, lambda screen: bool((screen[:210, :510] == frame).all()))
    assert out == "[] [] True False\n"


def test_a_figure_that_is_larger_than_the_screen_is_fitted_to_it(desktop, tmp_path):
    upper, lower = (250, 10, 20), (20, 10, 250)
    frame = np.zeros((3000, 2000, 3), np.uint8)
    frame[:1500], frame[1500:] = upper, lower
    frame[0, 0] = 0  # the colour around it

    def is_fitted(screen: Frame) -> bool:
        near = [np.abs(screen - np.array(color)).max(axis=2) < 5 for color in (upper, lower)]
        found = [np.argwhere(one) for one in near]
        if not all(len(places) for places in found):
            return False
        heights, widths = zip(*(np.ptp(places, axis=0) for places in found), strict=True)
        is_whole = abs(heights[0] - heights[1]) <= 3 and widths[0] == widths[1]
        return is_whole and HEIGHT / 2 < sum(heights) < HEIGHT and abs(sum(heights) / widths[0] - 1.5) < 0.05

    assert show(desktop, frame, tmp_path, is_fitted).startswith("[]")


# ------------------------------------------------------------------ in a notebook

CELL = """
import numpy as np
from pathlib import Path
from network_analyzer.showing import Presenter
presenter = Presenter("show", Path("never"))
presenter.check()
presenter.present(lambda: np.full((40, 60, 3), (255, 10, 0), np.uint8), "maps")
presenter.present_page(lambda path: path.write_text('<!doctype html><p>a "page" &amp; more'), "report.html")
presenter.present_page(lambda path: path.write_text(""), "report.pdf")
from matplotlib import pyplot as plt
print(plt.get_fignums())
"""


@pytest.mark.usefixtures("no_display")
def test_in_a_notebook_a_figure_and_a_page_stand_below_their_cell(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    where = {"metadata": {"path": str(tmp_path)}}
    done = nbclient.NotebookClient(notebook, timeout=120, resources=where).execute()
    picture, page, printed = done.cells[0].outputs
    assert picture["output_type"] == page["output_type"] == "display_data"
    png = np.frombuffer(base64.b64decode(picture["data"]["image/png"]), np.uint8)
    decoded = cv2.imdecode(png, cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (40, 60, 3)
    assert (decoded[..., ::-1] == (255, 10, 0)).all()
    assert "a &quot;page&quot; &amp;amp; more" in page["data"]["text/html"]
    assert printed["text"] == "[]\n"
    assert list(tmp_path.iterdir()) == []
