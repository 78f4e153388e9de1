"""A run is the same run: again, from its recording, and beside `rl_zoo3.record_video`."""

import json
import shutil
from pathlib import Path

import breakout_gradcam.verify as verify_module
import pytest
from breakout_gradcam.__main__ import main

ENV = "BreakoutNoFrameskip-v4"
STEPS = 40


def test_two_runs_with_the_same_arguments_are_the_same_files(cli, sample, sample_run, made):
    run = ("record", "-f", sample, "-n", STEPS, "--seed", 3, "-o", made().folder)
    assert cli(*run).status == 0
    assert made().video.read_bytes() == sample_run.video.read_bytes()
    assert made().original.read_bytes() == sample_run.original.read_bytes()
    assert made().timeline.read_bytes() == sample_run.timeline.read_bytes()
    assert made().manifest["digest"] == sample_run.manifest["digest"]


def test_drawing_from_the_recording_makes_the_same_files_as_playing(cli, recording, sample_run, made):
    assert cli("record", "--from-recording", recording, "-o", made().folder).status == 0
    assert made().video.read_bytes() == sample_run.video.read_bytes()
    assert made().original.read_bytes() == sample_run.original.read_bytes()
    assert made().timeline.read_bytes() == sample_run.timeline.read_bytes()
    assert made().manifest["digest"] == sample_run.manifest["digest"]


def test_a_recording_of_a_recording_is_the_same_file(cli, recording, made, tmp_path):
    kept = tmp_path / "again.arrow"
    run = ("record", "--from-recording", recording, "-o", made().folder, "--save-recording", kept)
    assert cli(*run).status == 0
    assert kept.read_bytes() == recording.read_bytes()


def test_another_seed_is_another_run(cli, sample, sample_run, made):
    run = ("record", "-f", sample, "-n", STEPS, "--seed", 4, "-o", made().folder, "--placement", "field")
    assert cli(*run).status == 0
    assert made().manifest["digest"] != sample_run.manifest["digest"]


def test_drawing_from_the_recording_needs_no_environment(cli, recording, made, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("an environment was made")

    monkeypatch.setattr("rlviz_agents.runs.make_env", refuse)
    run = ("record", "--from-recording", recording, "-o", made().folder, "--placement", "field")
    assert cli(*run).status == 0


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory, sample) -> Path:
    """Both runs of `verify` for the sample agent, kept."""
    folder = tmp_path_factory.mktemp("verified")
    run = ["verify", "-f", sample, "-n", 30, "--seed", 42, "--keep", folder]
    assert main([str(part) for part in run]) == 0
    return folder


@pytest.fixture
def verify(cli, sample, verified, tmp_path, monkeypatch):
    """Call `verify` with runs that are there already, changed by `spoil(folder)` before they are compared."""

    def call(spoil, *options: object, status: int = 1):
        folder = tmp_path / "kept"
        shutil.copytree(verified, folder)
        monkeypatch.setattr(verify_module, "_run", lambda *_: None)
        spoil(folder)
        outcome = cli("verify", "-f", sample, "-n", 30, "--seed", 42, "--keep", folder, *options)
        assert outcome.status == status
        return outcome

    return call


def original_of(folder: Path) -> Path:
    return next((folder / "breakout_gradcam" / "original").glob("*.mp4"))


def change_trace(folder: Path, step: int, **values: object) -> None:
    """Change fields of one row of our trace."""
    path = folder / "breakout_gradcam.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[step] = json.dumps({**json.loads(lines[step]), **values})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_original_video_is_record_videos_byte_for_byte(verified):
    ours = original_of(verified)
    assert ours.read_bytes() == (verified / "record_video" / ours.name).read_bytes()


def test_verify_prints_the_report_of_the_original_test(verify):
    said = verify(lambda _: None, status=0).out
    rule = "=" * 60
    assert said.startswith(f"{rule}\nREPRODUCIBILITY TEST\n{rule}\n")
    for line in (
        "🎯 Run 2 (same seed): breakout-gradcam",
        "Testing action reproducibility with seed 42",
        "✅ ACTIONS ARE IDENTICAL - Reproducibility confirmed!",
        "✅ REWARDS ARE IDENTICAL - Environment consistency confirmed!",
        "✅ VIDEOS ARE IDENTICAL, byte for byte",
    ):
        assert line in said.splitlines()
    assert said.count("Actions 1: [") == said.count("Actions 2: [") == 1


def test_a_changed_action_fails_and_names_the_step(verify):
    said = verify(lambda folder: change_trace(folder, 7, actions=[9])).out
    assert "❌ ACTIONS DIFFER" in said
    assert "❌ FIRST DIFFERENCE at step 7: actions" in said
    assert "(9,) (breakout-gradcam)" in said


def test_a_changed_reward_fails_and_names_the_step(verify):
    said = verify(lambda folder: change_trace(folder, 11, rewards=[0.5])).out
    assert "❌ REWARDS DIFFER" in said
    assert "at step 11: rewards" in said


@pytest.mark.parametrize("what", ["observations", "frame", "generators"])
def test_a_changed_observation_frame_or_generator_fails_and_names_the_step(what, verify):
    said = verify(lambda folder: change_trace(folder, 3, **{what: "0" * 64})).out
    assert f"FIRST DIFFERENCE at step 3: {what}" in said


def test_a_run_that_ends_early_fails(verify):
    def cut(folder: Path) -> None:
        path = folder / "breakout_gradcam.jsonl"
        path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), "utf-8")

    assert "FIRST DIFFERENCE at step 29: length" in verify(cut).out


def test_videos_that_alone_differ_fail(verify):
    def spoil(folder: Path) -> None:
        video = original_of(folder)
        content = video.read_bytes()
        video.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    said = verify(spoil).out
    assert "✅ ACTIONS ARE IDENTICAL" in said
    assert "❌ VIDEOS DIFFER" in said
    assert "NOT identical" in said


def test_a_missing_video_fails(verify):
    assert "❌ VIDEOS DIFFER" in verify(lambda folder: original_of(folder).unlink()).out


def test_verify_says_in_json_where_the_runs_part(verify):
    report = json.loads(verify(lambda folder: change_trace(folder, 7, actions=[9]), "--json").out)
    assert (report["steps"], report["same_video"]) == (30, True)
    assert (report["difference"]["step"], report["difference"]["what"]) == (7, "actions")


def test_one_action_played_otherwise_fails_and_names_the_step(cli, sample, verified, tmp_path, monkeypatch):
    """Our run is really played, with the action of step 5 exchanged."""
    from stable_baselines3 import DQN

    predict, calls = DQN.predict, iter(range(1000))

    def flipped(*arguments: object, **keywords: object):
        actions, state = predict(*arguments, **keywords)  # pyright: ignore[reportArgumentType]
        return (actions + 1) % 4 if next(calls) == 5 else actions, state

    def run(module: str, *arguments: str) -> None:
        if module == "breakout_gradcam":
            assert main(arguments) == 0

    folder = tmp_path / "kept"
    shutil.copytree(verified / "record_video", folder / "record_video")
    shutil.copy(verified / "record_video.jsonl", folder)
    monkeypatch.setattr(DQN, "predict", flipped)
    monkeypatch.setattr(verify_module, "_run", run)
    outcome = cli("verify", "-f", sample, "-n", 30, "--seed", 42, "--keep", folder)
    assert outcome.status == 1
    assert "FIRST DIFFERENCE at step 5: actions" in outcome.out
    assert "❌ VIDEOS DIFFER" in outcome.out


def test_a_ppo_run_is_record_videos(cli, zoo):
    outcome = cli("verify", "-f", zoo, "--algo", "ppo", "-n", 20, "--seed", 1, "--deterministic")
    assert outcome.status == 0, outcome.out
    assert "20 steps compared: identical" in outcome.out


@pytest.mark.shared
@pytest.mark.parametrize("algo", ["dqn", "ppo"])
def test_a_trained_agents_run_is_record_videos(algo, cli):
    agents = Path(__file__).parents[3] / "../shared/agents"
    if not agents.is_dir():
        pytest.skip("no trained agents beside the checkout")
    outcome = cli("verify", "-f", agents, "--algo", algo, "-n", 60, "--seed", 42)
    assert outcome.status == 0, outcome.out
