"""What the command lines of all apps do alike."""

from dataclasses import dataclass

import pytest

click = pytest.importorskip("click")

from rlviz_video.command import CONTEXT_SETTINGS, pick, run_command, teller, together  # noqa: E402


@click.group(context_settings=CONTEXT_SETTINGS)
def app():
    """An app."""


@app.command()
@together(click.option("--first", default=1), click.option("--second"), click.option("--third", is_flag=True))
def add(**given):
    """Return a status."""
    return given["first"]


@app.command()
def nothing():
    """Return nothing."""


def failing(error):
    """A command that fails in this way."""

    @click.command()
    def command():
        raise error

    return command


@dataclass(frozen=True)
class Settings:
    first: int = 1
    second: str | None = None


def test_options_together_are_shown_in_the_order_given():
    assert [option.name for option in add.params] == ["first", "second", "third"]


def test_settings_are_filled_from_options_of_their_fields_names():
    assert pick(Settings, {"first": 3, "second": "b", "other": 4}) == Settings(3, "b")


def test_what_is_not_given_stays_at_its_default():
    assert pick(Settings, {"other": 4}) == Settings()


def test_what_is_given_beside_the_options_comes_first():
    assert pick(Settings, {"first": 3}, first=5) == Settings(5)


def test_lines_are_told(capsys):
    teller(as_json=False)("a line")
    assert capsys.readouterr().out == "a line\n"


def test_with_json_no_line_is_told(capsys):
    teller(as_json=True)("a line")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("arguments", "status"), [(["add", "--first", "7"], 7), (["nothing"], 0)])
def test_the_status_is_the_commands_own_result_or_0(arguments, status):
    assert run_command("app", lambda: app, arguments) == status


def test_arguments_are_those_of_the_process_when_none_are_given(monkeypatch):
    monkeypatch.setattr("sys.argv", ["app", "add", "--first", "7"])
    assert run_command("app", lambda: app) == 7


@pytest.mark.parametrize("error", [ValueError, FileNotFoundError, ModuleNotFoundError])
def test_an_expected_error_is_one_line_and_status_1(error, capsys):
    assert run_command("app", lambda: failing(error("what was\n   given")), []) == 1
    assert capsys.readouterr() == ("", "app: what was given\n")


def test_an_error_of_ours_keeps_its_traceback():
    with pytest.raises(KeyError):
        run_command("app", lambda: failing(KeyError("a bug")), [])


def test_a_package_that_is_missing_at_import_is_one_line_too(capsys):
    def load():
        raise ImportError("OpenCV cannot start: install libgl1")

    assert run_command("app", load, []) == 1
    assert capsys.readouterr().err == "app: OpenCV cannot start: install libgl1\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_is_status_130(error, capsys):
    assert run_command("app", lambda: failing(error), []) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "app: interrupted"


@pytest.mark.parametrize("arguments", [["add", "--first", "many"], ["add", "--fourth"], ["add", "more"]])
def test_wrong_usage_is_one_line_that_names_the_command_and_status_2(arguments, capsys):
    assert run_command("app", lambda: app, arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("app add: ")
    assert line.endswith("(see `app add --help`)")


def test_no_command_shows_the_help_and_is_status_2(capsys):
    assert run_command("app", lambda: app, []) == 2
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_status_0(flag, capsys):
    assert run_command("app", lambda: app, ["add", flag]) == 0
    assert "--second" in capsys.readouterr().out
