"""A report's page and sheets show every channel, whole and readable, and nothing that is not so."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import rcParams
from matplotlib._pylab_helpers import Gcf
from network_analyzer.report.filter_report import FilterReport
from network_analyzer.report.page import write_html, write_pdf
from network_analyzer.report.patches import Patch
from network_analyzer.report.pdf import HEIGHT, WIDTH, sheets
from network_analyzer.report.statistics import ChannelStatistics
from network_analyzer.report.tiles import CHECK, GAP, SIDE, patch_tile, stimulus_tile
from rlviz_cam import Ascent, Box, LayerInfo, ReceptiveField, Recipe
from rlviz_overlay import DARK

PIXELS = (12, 16)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def a_patch(number: int, channels: int = 3, box: Box | None = None, inside: Box | None = None) -> Patch:
    box = box or Box(1, 2, 6, 7)
    inside = inside or Box(0, 0, 5, 5)
    levels = drawn(channels, inside.bottom - inside.top, inside.right - inside.left, seed=number)
    return Patch(f"<{number}>.png", number, 0.5 - number / 100, (1, 1), box, levels, inside)


def a_report(rows: int = 6, top: int = 9, channels: int = 3, **changes) -> FilterReport:
    """A made-up report; row 1 is dead, row 2 answers to no picture but to a stimulus."""
    figures = tuple(
        ChannelStatistics(row, 0.25, 0.125, 0.0, 0.5, 0.375, None, dead=row in {1, 2}) for row in range(rows)
    )
    ascent = Ascent(
        pictures=drawn(rows, channels, *PIXELS),
        scores=np.linspace(2, 3, rows, dtype=np.float32),
        noise=np.full(rows, 0.75, np.float32),
        dead=np.arange(rows) == 1,
        sizes=(PIXELS,),
    )
    made = FilterReport(
        network="pilot",
        layer=LayerInfo(
            "conv1", "conv", (rows, 4, 6), is_spatial=True, taken_after="relu", nonlinearity="relu"
        ),
        inputs="unit: levels / 255 (given)",
        pictures="drive (tub)",
        seen=1234,
        frames=1 if channels in {1, 3} else channels,
        rows=figures,
        patches=tuple(
            () if row.dead else tuple(a_patch(number, channels) for number in range(top)) for row in figures
        ),
        top=top,
        ascent=ascent,
        recipe=Recipe(),
        seed=7,
        field=ReceptiveField((5, 5), (2, 2), (2.0, 2.0), (4, 6), PIXELS),
        notes=("resized from 640x480 to 16x12",),
    )
    return replace(made, **changes)


class Page(HTMLParser):
    """What a page holds: its open tags, its text, the images and rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[str] = []
        self.images: list[dict[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.images.append(named)
        elif tag not in {"meta", "br"}:
            self.open.append(tag)
        if tag == "tr" and "id" in named:
            self.rows.append(named["id"])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def page_of(report: FilterReport, folder: Path) -> tuple[str, Page]:
    text = write_html(report, folder / "page.html").read_text(encoding="utf-8")
    return text, Page(text)


def row_of(text: str, channel: int) -> str:
    (row,) = re.findall(rf'<tr id="channel-{channel}">.*', text)
    return row


# ---------------------------------------------------------------------- the page


@pytest.mark.parametrize("rows", [1, 6, 512])
def test_every_channel_has_a_row_and_every_tag_is_closed(tmp_path, rows):
    report = a_report(rows, top=2)
    _, page = page_of(report, tmp_path)
    assert page.rows == [f"channel-{row}" for row in range(rows)]
    assert page.open == []


def test_the_page_needs_nothing_but_itself(tmp_path):
    text, page = page_of(a_report(), tmp_path)
    assert "<script" not in text
    assert not re.search(r"https?:|url\(|@import|<link", text)
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.images)


def test_images_are_whole_have_a_size_and_say_what_they_show(tmp_path):
    _, page = page_of(a_report(), tmp_path)
    for image in page.images:
        data = base64.b64decode(image["src"].partition(",")[2])
        height, width = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)).shape[:2]
        assert (int(image["width"]), int(image["height"])) == (width, height)
        assert image["alt"]


def test_a_dead_channel_is_marked_and_has_no_stimulus(tmp_path):
    text, _ = page_of(a_report(), tmp_path)
    dead, silent, live = (row_of(text, channel) for channel in (1, 2, 3))
    assert '<span class="dead">dead</span>' in dead
    assert "<img" not in dead
    assert "none: dead" in dead
    assert '<span class="silent">silent</span>' in silent
    assert silent.count("<img") == 1
    assert "none: it answered to no picture" in silent
    assert 'class="dead"' not in live
    assert live.count("<img") == 10


def test_without_stimuli_a_channel_that_answered_to_nothing_is_dead(tmp_path):
    text, _ = page_of(a_report(ascent=None, recipe=None), tmp_path)
    assert '<span class="dead">dead</span>' in row_of(text, 2)
    assert "preferred stimulus" not in text


def test_a_stimulus_says_its_score_beside_what_noise_reaches(tmp_path):
    text, _ = page_of(a_report(6), tmp_path)
    assert "<b>score 2</b><br>noise 0.75" in row_of(text, 0)
    assert "<b>score 3</b><br>noise 0.75" in row_of(text, 5)


def test_every_figure_has_its_name_and_a_share_its_unit(tmp_path):
    text, _ = page_of(a_report(), tmp_path)
    for name, value in {
        "mean": "0.25",
        "deviation": "0.125",
        "highest": "0.5",
        "zero": "37.5 %",
        "saturated": "–",
    }.items():
        assert f"<dt>{name}</dt><dd>{value}</dd>" in row_of(text, 0)


def test_the_head_says_of_what_and_over_what_the_report_is(tmp_path):
    _, page = page_of(a_report(), tmp_path)
    words = " ".join(page.words)
    for part in (
        "pilot · conv1",
        "conv, 6 × 4 × 6, after relu",
        "unit: levels / 255 (given)",
        "1,234 of drive (tub)",
        "6, of which 1 dead and 1 silent on these pictures",
        "5 × 5 of 12 × 16 px",
        "seed 7",
        "resized from 640x480 to 16x12",
    ):
        assert part in words


def test_a_report_of_some_channels_says_so(tmp_path):
    layer = LayerInfo("conv1", "conv", (64, 4, 6), is_spatial=True, nonlinearity="relu")
    _, page = page_of(a_report(6, layer=layer), tmp_path)
    assert "6 of 64 are shown, of which 1 dead" in " ".join(page.words)


def test_names_cannot_break_the_page(tmp_path):
    text, page = page_of(a_report(network="<b>&net", pictures='"/><script>'), tmp_path)
    assert "<script" not in text
    assert "<b>&net · conv1" in " ".join(page.words)
    assert page.open == []


def test_a_page_that_exists_is_replaced_only_when_forced(tmp_path):
    page_of(a_report(), tmp_path)
    with pytest.raises(FileExistsError, match="exists"):
        write_html(a_report(), tmp_path / "page.html")
    write_html(a_report(network="other"), tmp_path / "page.html", force=True)
    assert "other · conv1" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("write", [write_html, write_pdf])
def test_a_report_that_cannot_be_written_leaves_nothing_behind(tmp_path, write):
    broken = a_report(patches=((None,),) * 6)
    with pytest.raises(AttributeError):
        write(broken, tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------- the sheets


@pytest.mark.parametrize(("rows", "pages"), [(1, 1), (6, 2), (40, 8)])
def test_a_pdf_has_as_many_sheets_as_its_rows_need(tmp_path, rows, pages):
    document = write_pdf(a_report(rows, top=2), tmp_path / "report.pdf").read_bytes()
    assert document.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", document)) == pages


def test_the_same_report_gives_the_same_pdf_to_the_byte(tmp_path):
    first, second = (
        write_pdf(a_report(), tmp_path / f"{name}.pdf").read_bytes() for name in ("first", "second")
    )
    assert first == second


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network": "a-network-with-quite-a-long-name" * 6, "pictures": "a-folder-of-a-long-name" * 12},
        {"top": 30, "rows": 3},
        {"channels": 4},
        {"notes": ("one of several notes, " * 12,) * 6},
    ],
    ids=["plain", "long names", "many patches", "stack", "many notes"],
)
def test_no_words_leave_a_sheet_or_lie_over_others(changes):
    rows, top, channels = changes.pop("rows", 6), changes.pop("top", 9), changes.pop("channels", 3)
    for sheet in sheets(a_report(rows, top, channels, **changes)):
        sheet.figure.set_dpi(100)
        width, height = WIDTH / 25.4 * 100, HEIGHT / 25.4 * 100
        boxes = [words.get_window_extent() for words in sheet.axes.texts if words.get_text()]
        for box in boxes:
            assert box.x0 >= 0
            assert box.y0 >= 0
            assert box.x1 <= width
            assert box.y1 <= height
        for number, box in enumerate(boxes):
            assert not any(box.overlaps(other.padded(-1)) for other in boxes[:number])


def test_matplotlib_is_left_as_it_was(tmp_path):
    before = dict(rcParams)
    write_pdf(a_report(), tmp_path / "report.pdf")
    assert dict(rcParams) == before
    assert Gcf.get_all_fig_managers() == []


# ---------------------------------------------------------------------- tiles


def test_a_small_patch_is_enlarged_by_a_whole_number():
    patch = a_patch(0)
    tile = patch_tile(patch)
    factor = SIDE // 5
    assert tile.shape == (5 * factor, 5 * factor, 3)
    np.testing.assert_array_equal(tile[::factor, ::factor], patch.levels.transpose(1, 2, 0))


def test_what_lies_outside_the_picture_is_marked_by_squares():
    patch = a_patch(0, box=Box(-2, -1, 3, 4), inside=Box(2, 1, 5, 5))
    tile = patch_tile(patch)
    factor = SIDE // 5
    np.testing.assert_array_equal(tile[2 * factor :: factor, factor::factor], patch.levels.transpose(1, 2, 0))
    squares = tile[: 2 * factor]
    np.testing.assert_array_equal(squares[0, 0], DARK.track)
    np.testing.assert_array_equal(squares[0, CHECK], DARK.rule)
    assert {tuple(color) for color in squares.reshape(-1, 3)} == {DARK.track, DARK.rule}


def test_a_patch_of_the_padding_alone_is_nothing_but_squares():
    tile = patch_tile(a_patch(0, box=Box(-5, 0, 0, 5), inside=Box(5, 0, 5, 5)))
    assert {tuple(color) for color in tile.reshape(-1, 3)} == {DARK.track, DARK.rule}


def test_a_stack_of_frames_is_shown_row_by_row():
    levels = np.repeat(np.array([10, 20, 30, 40], np.uint8), 9).reshape(4, 3, 3)
    tile = stimulus_tile(levels, 2 * 30 + GAP)
    assert [int(tile[y, x, 0]) for y in (0, 32) for x in (0, 32)] == [10, 20, 30, 40]


def test_a_stimulus_larger_than_its_place_is_made_smaller():
    assert stimulus_tile(drawn(3, 400, 200), 100).shape == (100, 50, 3)
