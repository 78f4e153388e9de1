"""Every task a developer or CI runs. `nox -l` lists them; all environments are made by uv."""

import os
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
CONSTRAINTS = ROOT / "constraints.txt"
PACKAGES = ("rlviz-cam", "rlviz-overlay", "rlviz-video", "rlviz-agents")
APPS = ("breakout-gradcam", "donkey-gradcam")
GALLERY = ROOT / "gallery"

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = True


def install(session: nox.Session, *args: str) -> None:
    """Install with the pinned versions and compiled bytecode, whatever the session."""
    session.install("--compile-bytecode", "-c", str(CONSTRAINTS), *args)


def editable(*members: str) -> list[str]:
    """`-e <folder>` for each member; an extra stays behind the folder."""
    flags: list[str] = []
    for member in members:
        name, bracket, extra = member.partition("[")
        folder = "apps" if name in APPS else "packages"
        flags += ["-e", f"./{folder}/{name}{bracket}{extra}"]
    return flags


def pytest(session: nox.Session, *args: str) -> None:
    """Run pytest; one BLAS thread, since the machines that run the suite have two cores."""
    session.run("python", "-m", "pytest", *args, *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style (ruff) and the one direction of imports (import-linter)."""
    install(session, *editable("rlviz-cam", "rlviz-overlay", "rlviz-video"), "--group", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    paths = [str(path) for path in sorted(ROOT.glob("*/*/src"))]
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join(paths)})


@nox.session
def types(session: nox.Session) -> None:
    """Check types: strict for packages and apps."""
    install(
        session,
        *editable("rlviz-cam[grad-cam]", "breakout-gradcam"),
        *("--group", "test", "--group", "bench", "--group", "browser", "--group", "types"),
        "nox",
    )
    session.run("pyright", "--pythonpath", shutil.which("python", path=session.bin) or sys.executable)


@nox.session
def tests(session: nox.Session) -> None:
    """Test everything: here what needs no framework, then each further session in its own environment."""
    install(session, *editable("rlviz-cam", "rlviz-overlay", "rlviz-video[moviepy]"), "--group", "test")
    pytest(session, "tests/cam", "tests/overlay", "tests/video", "tests/architecture", "-m", "not torch")
    session.notify("tests_torch")
    for app in APPS:
        session.notify(app)


@nox.session
def tests_torch(session: nox.Session) -> None:
    """Test the packages with PyTorch, against pytorch-grad-cam and rl_zoo3 as oracles."""
    install(session, *editable("rlviz-cam[grad-cam]", "rlviz-agents[reference]"), "--group", "test")
    pytest(session, "tests/cam", "tests/agents", "-m", "torch")


@nox.session(name="breakout-gradcam")
def breakout_gradcam(session: nox.Session) -> None:
    """Test this app with nothing installed but itself: a forgotten dependency fails."""
    install(session, *editable("breakout-gradcam"), "--group", "test", "--group", "browser")
    pytest(session, "tests/apps/breakout_gradcam")


@nox.session
def demo(session: nox.Session) -> None:
    """Build gallery/index.html: every app's sample, made on this machine."""
    install(session, *editable("breakout-gradcam"))
    for app in APPS:
        session.run(app, "demo", "--output-folder", str(GALLERY / app), "--force")
    session.run("python", "-m", "rlviz_video", str(GALLERY), "--title", "rlviz")
    session.log("open %s", GALLERY / "index.html")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against the peers: rl_zoo3.record_video and pytorch-grad-cam, in the same run."""
    install(session, *editable("breakout-gradcam", "rlviz-cam[grad-cam]"), "--group", "bench")
    session.run("python", "tests/bench/bench_breakout.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session
def build(session: nox.Session) -> None:
    """Build a wheel of every member; each app's installs in an empty environment and starts."""
    folder = Path(session.create_tmp()).resolve()
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    session.run("uv", "build", "--all-packages", "--wheel", "-q", "-o", str(wheels), external=True)
    for member in (*PACKAGES, *APPS):
        empty = folder / member
        session.run("uv", "venv", "-q", "--clear", str(empty), external=True)
        python = str(empty / ("Scripts" if os.name == "nt" else "bin") / "python")
        with session.chdir(folder):  # outside the workspace: its sources must not help
            session.run(
                *("uv", "pip", "install", "-q", "--python", python, "-c", str(CONSTRAINTS)),
                *("--find-links", str(wheels), member),
                external=True,
            )
            module = member.replace("-", "_")
            session.run(python, "-c", f"import {module}", external=True)
            if member in APPS:
                session.run(python, "-m", module, "--help", external=True, silent=True)
                session.run(python, "-m", module, "demo", "-n", "4", "--force", external=True, silent=True)


@nox.session(venv_backend="none")
def constraints(session: nox.Session) -> None:
    """Pin every version in constraints.txt from constraints.in and the members' own bounds."""
    projects = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("*/*/pyproject.toml"))]
    groups = [flag for group in ("test", "lint", "types", "bench", "browser") for flag in ("--group", group)]
    local = [flag for member in (*PACKAGES, *APPS) for flag in ("--no-emit-package", member)]
    session.run(
        *("uv", "pip", "compile", "constraints.in", *projects, "--all-extras", *groups, *local),
        *("--universal", "--python-version", "3.11", "--no-header", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links", "-q", "-o", "constraints.txt", *session.posargs),
        external=True,
    )
