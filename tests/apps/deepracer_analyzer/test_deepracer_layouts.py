"""Facts about finding a model's files in every layout, and about what is asked when unclear."""

import os
import shutil
from pathlib import Path

import pytest
from deepracer_analyzer.logs.layouts import choose_log, choose_video, find, read_member
from deepracer_analyzer.logs.reading import parse_log
from deepracer_oval import csv_text, drive, simulator_text

LOG = csv_text(drive(steps=3))
LINES = simulator_text(drive(steps=3))
RUN = "20220612082523-IBZwYd0MRMqgwKlAe7bb0A"
OTHER_RUN = "20220613091500-kNxDGEnlRjiYLmaFP2IxGg"
AWS_RUN = "2026-03-11T08_12_10.123Z-droa-evaluation-30wm3cccH9SOOML"


@pytest.fixture
def model(tmp_path):
    """Writes files into a model folder: names ending in `/` are not needed, contents are by their ending."""
    root = tmp_path / "my-model"
    root.mkdir()

    def write(*names: str) -> Path:
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = LINES if ".log" in name else '{"metrics": []}' if name.endswith(".json") else LOG
            path.write_text("" if name.endswith(".mp4") else text)
        return root

    return write


def trainings(folder: str, count: int = 3) -> list[str]:
    return [f"{folder}/training-simtrace/{number}-iteration.csv" for number in range(count)]


def metrics_of(found, log) -> str:
    metrics = found.metrics_for(log)
    return "" if metrics is None else metrics.name


LAYOUTS = {
    "console": [
        *trainings("sim-trace/training"),
        f"sim-trace/evaluation/{RUN}/evaluation-simtrace/0-iteration.csv",
        "logs/training/training-20220611205438-kNxDGEnlRjiYLmaFP2IxGg-robomaker.log",
        "logs/training/training-20220611205438-kNxDGEnlRjiYLmaFP2IxGg-sagemaker.log",
        "logs/evaluation/evaluation-20220612082853-IBZwYd0MRMqgwKlAe7bb0A-robomaker.log",
        f"metrics/evaluation/evaluation-{RUN}.json",
        "metrics/training/training-20220611205438-kNxDGEnlRjiYLmaFP2IxGg.json",
        "model/model_metadata.json", "reward_function.py", "ip/hyperparameters.json",
    ],
    "console, evaluation alone": [
        "evaluation_job_logs/sim-trace/evaluation/0-iteration.csv",
        "evaluation_job_logs/metrics/evaluation/evaluation.json",
        "evaluation-0-video.mp4",
    ],
    "DeepRacer for Cloud": [
        *trainings("."),
        "evaluation-20220709200242/evaluation-simtrace/0-iteration.csv",
        "metrics/EvaluationMetrics-20220709200242.json", "metrics/TrainingMetrics.json",
        "model/model_metadata.json", "ip/hyperparameters.json", "reward_function.py",
    ],
    "DeepRacer for Cloud, several workers": [
        *trainings("0"), *trainings("1"),
        "evaluation-20220709200242/evaluation-simtrace/0-iteration.csv",
        "metrics/TrainingMetrics.json", "metrics/TrainingMetrics_1.json",
        "metrics/EvaluationMetrics-20220709200242.json", "model/model_metadata.json",
    ],
    "DeepRacer for Cloud, upload": [
        "model/model_metadata.json", "evaluation-20220709200242/evaluation-simtrace/0-iteration.csv",
        "metrics/EvaluationMetrics-20220709200242.json",
    ],
    "DeepRacer on AWS": [
        *trainings("sim-trace/training/2026-03-10T08_12_10.123Z-droa-training-30wm3cccH9SOOML"),
        f"sim-trace/evaluation/{AWS_RUN}/evaluation-simtrace/0-iteration.csv",
        "logs/training/2026-03-10T08_12_10.123Z-droa-training-30wm3cccH9SOOML-simulation.log",
        f"logs/evaluation/{AWS_RUN}-simulation.log",
        f"metrics/evaluation/{AWS_RUN}.json",
        "metrics/training/2026-03-10T08_12_10.123Z-droa-training-30wm3cccH9SOOML.json",
        "model/model_metadata.json",
    ],
    "one CSV": ["0-iteration.csv"],
    "one CSV of any name": ["my evaluation.csv", "notes.txt"],
    "one simulator log": [f"logs/evaluation/evaluation-{RUN}-robomaker.log"],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_one_evaluation_of_every_layout_is_found_and_read(layout, model):
    found = find(model(*LAYOUTS[layout]))
    log = choose_log(found, None)
    assert len(parse_log(read_member(log), log.name).frame) == 3
    assert "sagemaker" not in str(found.logs)
    assert found.problems == ()
    if "model/model_metadata.json" in LAYOUTS[layout]:
        assert found.metadata is not None
        assert found.metadata_for(log) == found.metadata
    if any("metrics/" in name for name in LAYOUTS[layout]):
        metrics = found.metrics_for(log)
        assert metrics is not None
        assert metrics.kind == log.kind == "evaluation"


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name.startswith(("console", "Deep"))])
def test_evaluations_come_first_then_trainings_by_number(layout, model):
    found = find(model(*LAYOUTS[layout]))
    kinds = [log.kind for log in found.logs]
    assert kinds == sorted(kinds)
    assert kinds.count("evaluation") == 1
    order = [(log.worker, log.iteration) for log in found.logs if log.kind == "training"]
    assert order == sorted(order)
    assert len(order) == {"DeepRacer for Cloud, several workers": 6}.get(layout, len(order) and 3)


def test_ten_comes_after_two(model):
    found = find(model(*trainings(".", 12)))
    assert [log.iteration for log in found.logs] == list(range(12))


def test_each_workers_trainings_have_its_metrics(model):
    found = find(model(*LAYOUTS["DeepRacer for Cloud, several workers"]))
    named = {(log.worker, metrics_of(found, log)) for log in found.logs if log.kind == "training"}
    assert named == {(0, "metrics/TrainingMetrics.json"), (1, "metrics/TrainingMetrics_1.json")}


def test_each_evaluation_has_the_metrics_of_its_run(model):
    runs = (RUN, OTHER_RUN)
    found = find(
        model(
            *[f"sim-trace/evaluation/{run}/evaluation-simtrace/0-iteration.csv" for run in runs],
            *[f"metrics/evaluation/evaluation-{run}.json" for run in runs],
        )
    )
    assert [metrics_of(found, log) for log in found.logs] == [
        f"metrics/evaluation/evaluation-{run}.json" for run in runs
    ]


def test_metrics_of_another_run_are_not_those_of_a_log(model):
    found = find(
        model(
            "evaluation-20220709200242/evaluation-simtrace/0-iteration.csv",
            "metrics/EvaluationMetrics-1656955681.json",
            "metrics/TrainingMetrics.json",
        )
    )
    assert found.metrics_for(found.logs[0]) is None


def test_a_simulator_log_is_found_only_where_its_run_has_no_csv(model):
    root = model(
        f"sim-trace/evaluation/{RUN}/evaluation-simtrace/0-iteration.csv",
        "logs/evaluation/evaluation-20220612082853-IBZwYd0MRMqgwKlAe7bb0A-robomaker.log",
        f"logs/evaluation/evaluation-{OTHER_RUN}-robomaker.log",
        "logs/training/training-20220611205438-kNxDGEnlRjiYLmaFP2IxGg-robomaker.log",
    )
    names = [log.parts[-1] for log in find(root).logs]
    assert names == [
        "0-iteration.csv",
        f"evaluation-{OTHER_RUN}-robomaker.log",
        "training-20220611205438-kNxDGEnlRjiYLmaFP2IxGg-robomaker.log",
    ]


def test_a_log_without_rows_of_a_simulation_is_no_simulator_log(model):
    root = model("logs/evaluation/evaluation-robomaker.log")
    (root / "logs" / "evaluation" / "install.log").write_text("nothing of interest\n")
    assert [log.parts[-1] for log in find(root).logs] == ["evaluation-robomaker.log"]


def test_races_count_as_evaluations(model):
    found = find(model(f"logs/leaderboard/leaderboard-{RUN}-robomaker.log"))
    assert [log.kind for log in found.logs] == ["evaluation"]


def test_several_evaluations_are_listed_and_asked_for(model):
    runs = ("evaluation-20220709200242", "evaluation-20220709200509", "evaluation-20220709200711")
    found = find(model(*[f"{run}/evaluation-simtrace/0-iteration.csv" for run in runs]))
    with pytest.raises(
        ValueError, match="3 evaluation logs, choose one with --log NAME or NUMBER: 1 "
    ) as error:
        choose_log(found, None)
    assert all(run in str(error.value) for run in runs)
    assert "\n" not in str(error.value)


def test_of_many_logs_some_are_listed_and_the_rest_counted(model):
    with pytest.raises(ValueError, match=r"40 training logs, .* and 28 more"):
        choose_log(find(model(*trainings(".", 40))), None)


@pytest.mark.parametrize(
    "wanted",
    [
        "2",
        "evaluation-20220709200509/evaluation-simtrace/0-iteration.csv",
        "evaluation-20220709200509",
        "evaluation-20220709200509/",
    ],
)
def test_a_log_is_chosen_by_number_name_or_folder(wanted, model):
    runs = ("evaluation-20220709200242", "evaluation-20220709200509")
    found = find(model(*[f"{run}/evaluation-simtrace/0-iteration.csv" for run in runs]))
    assert choose_log(found, wanted).parts[0] == runs[1]


def test_a_log_is_chosen_by_the_end_of_its_name(model):
    found = find(model(*LAYOUTS["DeepRacer for Cloud"]))
    assert choose_log(found, "2-iteration.csv").iteration == 2
    assert choose_log(found, "training-simtrace/0-iteration.csv").kind == "training"


def test_a_log_is_chosen_by_its_own_path(model, tmp_path):
    found = find(model(*LAYOUTS["DeepRacer for Cloud"]))
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text(LOG)
    assert choose_log(found, str(elsewhere)).path == elsewhere
    inside = found.logs[2]
    assert choose_log(found, str(inside.path)) == inside


@pytest.mark.parametrize(
    ("wanted", "said"), [("training-simtrace", "3 logs fit"), ("9-iteration.csv", "no such log")]
)
def test_a_name_of_several_logs_or_none_lists_them(wanted, said, model):
    found = find(model(*LAYOUTS["DeepRacer for Cloud"]))
    with pytest.raises(ValueError, match=f"--log {wanted}: {said}; choose one") as error:
        choose_log(found, wanted)
    assert "training-simtrace/0-iteration.csv" in str(error.value)


def test_a_folder_without_a_log_says_what_was_looked_for_and_what_is_there(model):
    with pytest.raises(ValueError, match=r"no log in it\. Looked for .*-iteration\.csv.* there is: ip/hyper"):
        choose_log(find(model("ip/hyperparameters.json")), None)


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(ValueError, match="there is: nothing"):
        choose_log(find(tmp_path), None)


def test_what_does_not_exist_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no such folder, archive or log"):
        find(tmp_path / "nowhere")


def test_the_one_video_is_found_wherever_it_lies(model):
    root = model("evaluation_job_logs/sim-trace/evaluation/0-iteration.csv", "videos/my run.MP4")
    found = find(root)
    assert choose_video(found, found.logs[0], None) == root / "videos" / "my run.MP4"


def test_no_video_is_none(model):
    found = find(model("0-iteration.csv"))
    assert choose_video(found, found.logs[0], None) is None


def test_what_this_tool_made_is_not_found(model):
    root = model(
        "0-iteration.csv", "evaluation.mp4", "deepracer_analysis_2026-01-01.mp4", "evaluation.part.mp4",
        "deepracer_analysis/replay.mp4", "deepracer_analysis/0-iteration.with_speed.csv",
        "0-iteration.with_speed.csv",
        ".ipynb_checkpoints/0-iteration.csv", "__MACOSX/._0-iteration.csv",
    )  # fmt: skip
    found = find(root)
    assert [video.name for video in found.videos] == ["evaluation.mp4"]
    assert [log.name for log in found.logs] == ["0-iteration.csv"]


def test_a_copy_with_speed_is_a_log_where_there_is_no_other(model):
    assert [log.name for log in find(model("0-iteration.with_speed.csv")).logs] == [
        "0-iteration.with_speed.csv"
    ]


def test_several_videos_are_listed_and_asked_for(model):
    found = find(model("0-iteration.csv", "a.mp4", "b.mp4"))
    with pytest.raises(ValueError, match=r"2 videos, choose one with --video FILE: a\.mp4, b\.mp4"):
        choose_video(found, found.logs[0], None)


def test_a_video_is_that_of_the_logs_run_and_of_the_camera_with_the_speed(model):
    runs = ("evaluation-20220709200242", "evaluation-20220709200509")
    cameras = ("camera-45degree", "camera-pip", "camera-topview")
    names = [f"{run}/mp4/{camera}/0-video.mp4" for run in runs for camera in cameras]
    root = model(*[f"{run}/evaluation-simtrace/0-iteration.csv" for run in runs], *names)
    found = find(root)
    for run, log in zip(runs, found.logs, strict=True):
        assert choose_video(found, log, None) == root / run / "mp4" / "camera-pip" / "0-video.mp4"


def test_a_video_is_chosen_by_path_or_by_name(model, tmp_path):
    root = model("0-iteration.csv", "videos/a.mp4", "videos/b.mp4")
    found = find(root)
    elsewhere = tmp_path / "c.mp4"
    elsewhere.touch()
    assert choose_video(found, found.logs[0], elsewhere) == elsewhere
    assert choose_video(found, found.logs[0], Path("b.mp4")) == root / "videos" / "b.mp4"
    with pytest.raises(FileNotFoundError, match=r"there is no such video; in .* there is: videos/a\.mp4"):
        choose_video(found, found.logs[0], Path("d.mp4"))


@pytest.mark.parametrize(
    "layout", ["console", "console, evaluation alone", "DeepRacer for Cloud", "DeepRacer on AWS"]
)
def test_around_a_log_that_is_named_itself_lies_what_belongs_to_it(layout, model):
    root = model(*LAYOUTS[layout])
    whole = find(root)
    for log in whole.logs:
        found = find(log.path)
        assert [one.path for one in found.logs] == [log.path]
        (named,) = found.logs
        assert (named.kind, named.iteration, named.run) == (log.kind, log.iteration, log.run)
        metrics, expected = found.metrics_for(named), whole.metrics_for(log)
        assert (metrics and metrics.path) == (expected and expected.path)
        assert found.videos == whole.videos


def test_beside_a_bare_log_only_its_own_folder_is_searched(model):
    root = model("0-iteration.csv", "0-iteration.mp4", "far/away.mp4", "far/model_metadata.json")
    found = find(root / "0-iteration.csv")
    assert [video.name for video in found.videos] == ["0-iteration.mp4"]
    assert found.metadata is None


def test_several_models_in_a_folder_keep_their_own_files(model):
    layouts = ("DeepRacer for Cloud", "console")
    root = model(*[f"{layout}/{name}" for layout in layouts for name in LAYOUTS[layout]])
    found = find(root)
    for log in found.logs:
        metrics, metadata = found.metrics_for(log), found.metadata_for(log)
        assert metrics is not None
        assert metadata is not None
        assert metrics.parts[0] == metadata.parts[0] == log.parts[0]


def test_a_link_to_a_folder_above_does_not_go_round_for_ever(model):
    root = model(*LAYOUTS["DeepRacer for Cloud"])
    (root / "model" / "up").symlink_to(root, target_is_directory=True)
    (root / "self").symlink_to(root / "self")
    assert len(find(root).logs) == 4


def test_a_linked_folder_is_searched(model, tmp_path):
    root = model("0-iteration.csv")
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").touch()
    (root / "videos").symlink_to(tmp_path / "videos", target_is_directory=True)
    assert [video.name for video in find(root).videos] == ["videos/a.mp4"]


def test_a_folder_that_cannot_be_read_is_said(model, monkeypatch):
    root = model("0-iteration.csv", "secret/1-iteration.csv")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find(root)
    assert [log.name for log in found.logs] == ["0-iteration.csv"]
    assert found.problems == ("secret: cannot be looked into (Permission denied)",)


def test_a_pipe_in_the_folder_is_not_waited_for(model):
    root = model("0-iteration.csv")
    os.mkfifo(root / "1-iteration.csv")
    assert [log.name for log in find(root).logs] == ["0-iteration.csv"]


def test_reward_functions_are_found(model):
    found = find(model(*LAYOUTS["console"]))
    assert [file.name for file in found.reward_functions] == ["reward_function.py"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "log", "metrics"),
    [
        ("model_A", "evaluation_job_logs/sim-trace/evaluation/0-iteration.csv", "evaluation.json"),
        (
            "console",
            f"sim-trace/evaluation/{RUN}/evaluation-simtrace/0-iteration.csv",
            f"evaluation-{RUN}.json",
        ),
        (
            "drfc",
            "evaluation-20220709200242/evaluation-simtrace/0-iteration.csv",
            "EvaluationMetrics-20220709200242.json",
        ),
    ],
)
def test_the_one_evaluation_of_a_borrowed_model_is_found_with_its_metrics(name, log, metrics, shared):
    found = find(shared / name)
    chosen = choose_log(found, None)
    assert chosen.name == log
    assert metrics_of(found, chosen).endswith(f"/{metrics}")


@pytest.mark.shared
def test_each_training_of_the_borrowed_continuous_model_has_its_metrics(shared):
    found = find(shared / "continuous")
    assert [(log.kind, log.iteration) for log in found.logs] == [
        ("training", 0),
        ("training", 7),
        ("training", 14),
    ]
    metrics = {metrics_of(found, log) for log in found.logs}
    assert metrics == {"metrics/training/droa-training-30wm3cccH9SOOML.json"}


@pytest.mark.shared
def test_a_borrowed_model_keeps_its_files_in_a_copy(shared, tmp_path):
    shutil.copytree(shared / "drfc", tmp_path / "drfc")
    assert [log.name for log in find(tmp_path / "drfc").logs] == [
        log.name for log in find(shared / "drfc").logs
    ]
