"""The replay as a whole: pictures in any order, the notebook's class, the video and what stands beside it."""

import csv
import json
import signal
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer import Simulation
from deepracer_analyzer.__main__ import main
from deepracer_analyzer.opening import model_name, recording_folder
from deepracer_analyzer.sample.demo import REWARDS
from deepracer_analyzer.sample.lap import SampleFiles, write_sample
from deepracer_analyzer.simulation.session import Session
from rlviz_overlay import Frame
from rlviz_video import VideoSource, read_timeline

FRAMES = 100

Run = Callable[..., str]
"""See run()."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's folder; nothing is written into it."""
    return write_sample(tmp_path_factory.mktemp("sample"), FRAMES, force=False, say=lambda _: None)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the rows of the sample's pictures are kept, so that they are found once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def simulation(model: Path, kept: Path) -> Simulation:
    files = SampleFiles.under(model)
    return Simulation(
        str(model), str(files.log), str(files.video), (640, 500), reward_components_input=REWARDS,
        folder=kept, say=lambda _: None,
    )  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that must succeed, and give what it says."""

    def call(*arguments: object) -> str:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert status == 0, captured.err
        return captured.out

    return call


def truth(model: Path) -> list[int]:
    with SampleFiles.under(model).truth.open() as file:
        return [int(row["row"]) for row in csv.DictReader(file)]


def test_the_notebooks_simulation_has_what_its_cells_use(simulation: Simulation):
    assert simulation.total_frame_count == FRAMES
    assert simulation.frame_number == 0
    assert not simulation.quit
    assert not simulation.pause
    assert not simulation.record_simulation
    assert {"speed", "progress", "steps"} <= set(simulation.evaluation_df.columns)


def test_a_picture_is_the_video_with_the_reward_charts_beside_it(simulation: Simulation):
    frame = simulation.frame(50)
    assert frame.dtype == np.uint8
    assert frame.shape == (500, simulation.size.width, 3)
    assert simulation.size.width > 640


def test_every_picture_shows_its_true_row(simulation: Simulation, model: Path):
    assert [simulation.moment(number).row for number in range(FRAMES)] == truth(model)


@pytest.mark.parametrize("number", [0, 1, 33, 99])
def test_a_picture_is_the_same_reached_by_playing_jumping_and_stepping_back(
    simulation: Simulation, number: int
):
    simulation.frame_number = 0
    for _ in range(number):
        simulation.frame()
        simulation.advance()
    played = simulation.frame()
    simulation.frame_number = FRAMES - 1
    simulation.frame()
    simulation.frame_number = number
    jumped = simulation.frame()
    simulation.frame_number = min(number + 2, FRAMES - 1)
    while simulation.frame_number > number:
        simulation.frame()
        simulation.press(",")
    stepped = simulation.frame()
    simulation.press("p" if simulation.pause else " ")
    assert np.array_equal(played, jumped)
    assert np.array_equal(played, stepped)


def test_a_picture_that_is_not_there_is_refused(simulation: Simulation):
    with pytest.raises(IndexError, match=f"0 to {FRAMES - 1}"):
        simulation.frame(FRAMES)


def test_advancing_stops_at_the_last_picture_and_while_it_stands(simulation: Simulation):
    simulation.frame_number = FRAMES - 1
    simulation.advance()
    assert simulation.frame_number == FRAMES - 1
    simulation.frame_number = 5
    simulation.press("p")
    simulation.advance()
    assert simulation.frame_number == 5
    simulation.press("p")


def test_each_overlay_changes_the_picture(simulation: Simulation):
    plain = simulation.frame(60)
    for key in "asthzbf":
        simulation.press(key)
        assert not np.array_equal(simulation.frame(60), plain), key
        simulation.press({"z": "x", "b": "v", "f": "g"}.get(key, key))
    assert np.array_equal(simulation.frame(60), plain)


def test_clearing_the_heat_changes_the_pictures_after_it_alone(simulation: Simulation):
    before, after = simulation.frame(58), simulation.frame(61)
    simulation.frame_number = 60
    simulation.press("c")
    assert np.array_equal(simulation.frame(58), before)
    assert not np.array_equal(simulation.frame(61), after)


def test_a_notebook_shows_the_picture(simulation: Simulation):
    assert simulation._repr_png_()[:4] == b"\x89PNG"


def test_without_a_video_each_row_is_a_picture(model: Path, kept: Path):
    log = SampleFiles.under(model).log
    alone = kept / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "log.csv").write_bytes(log.read_bytes())
    replay = Simulation(alone, folder=kept, say=lambda _: None)
    assert replay.total_frame_count == len(replay.evaluation_df)
    assert replay.frame(5).shape == (500, 640, 3)
    assert replay.moment(5).row == 5


def test_without_sync_row_i_is_shown_on_picture_i(model: Path, kept: Path):
    replay = Simulation(model, sync=False, folder=kept, say=lambda _: None)
    assert [replay.moment(number).row for number in (0, 10, 99)] == [0, 10, 99]


def test_a_rendered_video_has_every_picture_and_a_row_for_each(run: Run, model: Path, kept: Path):
    output = kept / "whole.mp4"
    run("render", model, "--output-dir", kept, "-o", output, "--force")
    assert sum(1 for _ in VideoSource(output)) == FRAMES
    rows = read_timeline(output.with_suffix(".timeline.csv"))
    assert [row["frame"] for row in rows] == list(range(FRAMES))
    assert [-1 if row["row"] is None else row["row"] for row in rows] == truth(model)


def test_a_rendered_picture_is_the_simulations(run: Run, model: Path, kept: Path, simulation: Simulation):
    output = kept / "part.mp4"
    rewards = [item for name, text in REWARDS.items() for item in ("--rewards", f"{name}={text}")]
    run("render", model, "--output-dir", kept, "-o", output, "--force", "--start", 40, "--end", 44, *rewards)
    simulation.state = simulation.state.showing(cleared=None)
    for number, frame in zip(range(40, 44), VideoSource(output), strict=True):
        difference = frame.astype(int) - simulation.frame(number)
        assert np.abs(difference).mean() < 4  # what the codec loses


def test_the_same_command_makes_the_same_bytes(run: Run, model: Path, kept: Path):
    outputs = [kept / "one.mp4", kept / "two.mp4"]
    for output in outputs:
        run("render", model, "--output-dir", kept, "-o", output, "--force", "--end", 20)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_the_manifest_says_how_it_was_made(run: Run, model: Path, kept: Path):
    output = kept / "told.mp4"
    run("render", model, "--output-dir", kept, "-o", output, "--force", "--end", 5)
    manifest = json.loads((kept / "told.manifest.json").read_text())
    assert manifest["sync"]["method"] == "hud"
    assert manifest["log"]["rows"] > 0
    assert len(manifest["video"]["sha256"]) == 64
    assert manifest["view"]["gaussian_size"] == 60


def test_json_is_all_that_is_printed(run: Run, model: Path, kept: Path):
    given = ("--output-dir", kept, "--json")
    made = json.loads(run("render", model, *given, "-o", kept / "json.mp4", "--force", "--end", 3))
    assert made["frames"] == 3
    assert json.loads(run("sync", model, *given))["method"] == "hud"
    assert len(json.loads(run("laps", model, "--json"))["laps"]) == 2


def test_a_reward_function_is_shown_beside_the_logged_reward(run: Run, model: Path, kept: Path):
    mine = kept / "mine.py"
    mine.write_text("def reward_function(params):\n    return params['speed'] * 2.0\n")
    output = kept / "mine.mp4"
    tracks = SampleFiles.under(model).track.parent
    run(
        *("render", model, "--output-dir", kept, "-o", output, "--force", "--start", 50, "--end", 53),
        *("--reward-function", mine, "--tracks", tracks),
    )
    for row in read_timeline(output.with_suffix(".timeline.csv")):
        assert row["part: mine"] == 2.0 * float(str(row["throttle"]))
        assert row["part: logged"] == row["reward"]


def test_a_model_has_its_folders_name_and_an_archive_its_own(model: Path, tmp_path: Path):
    archive = tmp_path / "model_B.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(SampleFiles.under(model).log, "0-iteration.csv")
    assert model_name(model) == model.name
    assert model_name(archive) == "model_B"


def test_a_log_has_its_models_name_where_its_folders_tell(model: Path, tmp_path: Path):
    log = SampleFiles.under(model).log
    alone = tmp_path / "lap.csv"
    alone.write_bytes(log.read_bytes())
    assert model_name(log) == model.name
    assert model_name(alone) == "lap"


def test_recordings_go_beside_what_was_named(model: Path, tmp_path: Path):
    alone = tmp_path / "lap.csv"
    alone.write_bytes(SampleFiles.under(model).log.read_bytes())
    assert recording_folder(model) == model
    assert recording_folder(alone) == tmp_path


def test_ctrl_c_leaves_a_whole_video_of_what_was_drawn_and_says_130(
    model: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    draw, drawn = Session.draw, list[int]()

    def interrupted(self: Session, picture: Frame | None, number: int) -> Frame:
        drawn.append(number)
        if len(drawn) == 3:
            signal.raise_signal(signal.SIGINT)
        return draw(self, picture, number)

    monkeypatch.setattr(Session, "draw", interrupted)
    output = kept / "cut.mp4"
    assert main(["render", str(model), "--output-dir", str(kept), "-o", str(output), "--force"]) == 130
    assert "Interrupted" in capsys.readouterr().out
    assert sum(1 for _ in VideoSource(output)) == 3
    assert len(read_timeline(output.with_suffix(".timeline.csv"))) == 3
    assert json.loads((kept / "cut.manifest.json").read_text())["interrupted"] is True
