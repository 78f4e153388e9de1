"""The documents and the tool name the same options, keys, columns and functions; the notebook runs."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from app_documents import ROOT, AppDocuments
from deepracer_analyzer import Simulation
from deepracer_analyzer.cli import cli
from deepracer_analyzer.logs.schema import COLUMNS, SCHEMAS, STATUSES
from deepracer_analyzer.opening import open_replay
from deepracer_analyzer.render import TimelineRows
from deepracer_analyzer.rewards.formula import FUNCTIONS
from deepracer_analyzer.rewards.parameters import OF_OBJECTS, OF_TRACK, build
from deepracer_analyzer.sample.lap import write_sample
from deepracer_analyzer.settings import RewardSettings, SourceSettings, SyncSettings
from deepracer_analyzer.simulation.keys import KEYS
from deepracer_analyzer.sync.cache import COLUMNS as SYNC_COLUMNS
from document_facts import DocumentFacts

APP = AppDocuments(app="deepracer-analyzer", cli=cli)
NOTEBOOK = ROOT / "apps" / APP.app / "deepracer_analyzer.ipynb"
FRAMES = 40

NotebookNode = dict[str, Any]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample"), FRAMES, force=False, say=lambda _: None)


@pytest.fixture(scope="module")
def replay(model: Path, tmp_path_factory: pytest.TempPathFactory):
    return open_replay(
        SourceSettings(model),
        SyncSettings(sync=False, folder=tmp_path_factory.mktemp("kept")),
        RewardSettings(components={"Speed": "{speed}**2"}),
        lambda _: None,
    )


class TestDocuments(DocumentFacts):
    APP = APP


def test_the_page_lists_the_keys_as_the_help_menu_does():
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|$", section("play"), re.MULTILINE)
    assert rows == [(key.name, key.meaning) for key in KEYS]


def test_the_page_gives_the_columns_with_their_meanings():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", section("Columns"), re.MULTILINE)
    assert dict(COLUMNS).items() <= dict(rows).items()


@pytest.mark.parametrize(
    "names",
    [
        (*SCHEMAS, "SIM_TRACE_LOG", "custom"),
        STATUSES,
        tuple(FUNCTIONS),
        SYNC_COLUMNS,
        ("hud", "ocr", "lap starts", "frame = row"),
        (*OF_TRACK, *OF_OBJECTS),
    ],
    ids=["schemas", "statuses", "functions", "sync", "methods", "parameters"],
)
def test_the_page_names_each_of(names: tuple[str, ...]):
    assert [name for name in names if f"`{name}`" not in APP.text] == []


def test_the_page_names_the_columns_of_a_timeline(replay):
    columns = [name.replace("Speed", "<name>") for name in TimelineRows(replay).columns]
    assert [name for name in columns if f"`{name}`" not in section("Outputs")] == []


def test_the_page_names_every_parameter_of_a_reward_function(replay):
    run = replay.run
    known = build(run.log, run.track, run.space).columns
    assert [name for name in known if f"`{name}`" not in section("A reward function of your own")] == []


def test_the_page_gives_the_simulations_arguments_and_defaults():
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]*)`? \|", section("Notebook and Python"), re.MULTILINE))
    arguments = list(inspect.signature(Simulation).parameters.values())
    shown = {one.name: one.default for one in arguments}
    wrong = {
        name: (rows.get(name), default)
        for name, default in shown.items()
        if rows.get(name)
        != ("required" if default is inspect.Parameter.empty else getattr(default, "__name__", str(default)))
    }
    assert wrong == {}


def test_the_notebook_is_kept_without_output():
    cells = [cell for cell in read_notebook()["cells"] if cell["cell_type"] == "code"]
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"] is not None] == []


def test_the_notebooks_cells_run_on_the_sample(model: Path, tmp_path: Path):
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    notebook = read_notebook()
    notebook["cells"] = [cell for cell in notebook["cells"] if "sim.run()" not in source_of(cell)]
    for cell in notebook["cells"]:
        path = 'model_path = "deepracer-analyzer-demo/model/"'
        cell["source"] = source_of(cell).replace(path, f'model_path = "{model.as_posix()}/"')
    assert str(model) in json.dumps(notebook)
    node = nbformat.from_dict(notebook)
    done = nbclient.NotebookClient(
        node, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert [output for output in shown if output["output_type"] == "error"] == []
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= kinds


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", APP.text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def read_notebook() -> NotebookNode:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def source_of(cell: NotebookNode) -> str:
    return "".join(cell["source"])
