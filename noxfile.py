"""Every task a developer or CI runs. `nox -l` lists them; all environments are made by uv."""

import os
import shutil
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
CONSTRAINTS = ROOT / "constraints.txt"
PACKAGES = ("rlviz-cam", "rlviz-overlay", "rlviz-video", "rlviz-agents")
APPS = ("breakout-gradcam", "donkey-gradcam", "deepracer-analyzer", "network-analyzer", "nn-video-generator")
# The extras of network-analyzer that have a sample, each with the framework that it must not bring.
FRAMEWORKS = {"agents": "tensorflow", "keras": "torch"}
# What is installed to see each sample.
SAMPLES = {app: app for app in APPS if app != "network-analyzer"} | {
    f"network-analyzer-{extra}": f"network-analyzer[{extra}]" for extra in FRAMEWORKS
}
GROUPS = ("test", "lint", "types", "browser", "tensorboard", "notebook", "bench", "donkey-bench")
GALLERY = ROOT / "gallery"
# Names sessions that `nox -s tests` leaves out, because another nox runs them at the same time (see .ci/run).
ELSEWHERE = "RLVIZ_TESTED_ELSEWHERE"
# TensorFlow 2.21 has wheels for Python up to 3.13: where this is a newer one, uv fetches that.
PYTHON = None if sys.version_info < (3, 14) else "3.13"

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


def interpreter(session: nox.Session) -> str:
    """The session's own Python."""
    return shutil.which("python", path=session.bin) or sys.executable


def without(session: nox.Session, framework: str) -> None:
    """Fail where another app's framework has come along."""
    code = f"from importlib.util import find_spec; print(find_spec({framework!r}) is not None)"
    if session.run("python", "-c", code, silent=True) != "False\n":
        session.error(f"{framework} is installed beside this app, which does not need it")


def pytest(session: nox.Session, *args: str) -> None:
    """Run pytest; one BLAS thread, since the machines that run the suite have two cores."""
    session.run("python", "-m", "pytest", *args, *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Check style (ruff) and the one direction of imports (import-linter)."""
    install(session, *editable("rlviz-cam", "rlviz-overlay", "rlviz-video"), "--group", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    paths = [str(path) for path in sorted(ROOT.glob("*/*/src"))]
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join(paths)})


@nox.session(python=PYTHON)
def types(session: nox.Session) -> None:
    """Check types, strict for packages and apps: the one environment that has both frameworks."""
    groups = [flag for group in GROUPS if group != "lint" for flag in ("--group", group)]
    install(session, *editable("rlviz-cam[grad-cam]", *SAMPLES.values()), *groups, "nox")
    session.run("pyright", "--pythonpath", interpreter(session))


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Test everything: here what needs no framework, then each further session in its own environment."""
    libraries = editable("rlviz-cam[cli]", "rlviz-overlay[cli]", "rlviz-video[moviepy,cli]")
    install(session, *libraries, "--group", "test")
    folders = ("tests/cam", "tests/overlay", "tests/video", "tests/architecture")
    pytest(session, *folders, "-m", "not torch and not keras")
    further = (
        "tests_torch",
        "tests_keras",
        *(app for app in APPS if app != "network-analyzer"),
        *(f"network-analyzer({one})" for one in FRAMEWORKS),
    )
    elsewhere = set(os.environ.get(ELSEWHERE, "").split())
    if unknown := elsewhere - set(further):
        session.error(f"{ELSEWHERE} has {', '.join(sorted(unknown))}; sessions are {', '.join(further)}")
    for one in further:
        if one not in elsewhere:
            session.notify(one)


@nox.session(python=PYTHON)
def tests_torch(session: nox.Session) -> None:
    """Test the packages with PyTorch, against pytorch-grad-cam and rl_zoo3 as oracles."""
    games = "gymnasium[classic-control]"  # CartPole, which draws itself with pygame
    install(session, *editable("rlviz-cam[grad-cam]", "rlviz-agents[reference]"), "--group", "test", games)
    pytest(session, "tests/cam", "tests/agents", "-m", "torch")


@nox.session(python=PYTHON)
def tests_keras(session: nox.Session) -> None:
    """Test the packages with both generations of Keras, on TensorFlow."""
    pictures = ("opencv-python", "pillow")  # what the tests read the borrowed tub with
    install(session, *editable("rlviz-cam[keras]"), "--group", "test", *pictures)
    pytest(session, "tests/cam", "-m", "keras")


@nox.session(name="breakout-gradcam", python=PYTHON)
def breakout_gradcam(session: nox.Session) -> None:
    """Test this app with nothing installed but itself: a forgotten dependency fails."""
    install(session, *editable("breakout-gradcam"), "--group", "test", "--group", "browser")
    without(session, "tensorflow")
    pytest(session, "tests/apps/breakout_gradcam", "tests/architecture/test_app_frameworks.py")


@nox.session(name="donkey-gradcam", python=PYTHON)
def donkey_gradcam(session: nox.Session) -> None:
    """Test this app with nothing installed but itself: a forgotten dependency fails."""
    groups = ("--group", "test", "--group", "browser", "--group", "tensorboard")
    install(session, *editable("donkey-gradcam"), *groups)
    without(session, "torch")
    pytest(session, "tests/apps/donkey_gradcam", "tests/architecture/test_app_frameworks.py")


@nox.session(name="deepracer-analyzer", python=PYTHON)
def deepracer_analyzer(session: nox.Session) -> None:
    """Test this app with nothing installed but itself: a forgotten dependency fails."""
    groups = ("--group", "test", "--group", "browser", "--group", "notebook")
    install(session, *editable("deepracer-analyzer[ocr]"), *groups)
    for framework in ("torch", "tensorflow"):
        without(session, framework)
    pytest(session, "tests/apps/deepracer_analyzer", "tests/architecture/test_app_frameworks.py")


@nox.session(name="network-analyzer", python=PYTHON)
@nox.parametrize("framework", list(FRAMEWORKS), ids=list(FRAMEWORKS))
def network_analyzer(session: nox.Session, framework: str) -> None:
    """Test this app beside one framework, the other absent: a forgotten dependency fails."""
    groups = ("--group", "test", "--group", "browser", "--group", "notebook")
    install(session, *editable(f"network-analyzer[{framework}]"), *groups)
    without(session, FRAMEWORKS[framework])
    pytest(session, "tests/apps/network_analyzer", "tests/architecture/test_app_frameworks.py")


@nox.session(name="nn-video-generator", python=PYTHON)
def nn_video_generator(session: nox.Session) -> None:
    """Test this app with nothing installed but itself: a forgotten dependency fails."""
    groups = ("--group", "test", "--group", "browser")
    install(session, *editable("nn-video-generator[classic-control]"), *groups)
    without(session, "tensorflow")
    pytest(session, "tests/apps/nn_video_generator", "tests/architecture/test_app_frameworks.py")


@nox.session(python=PYTHON)
@nox.parametrize("sample", list(SAMPLES), ids=list(SAMPLES))
def demo(session: nox.Session, sample: str) -> None:
    """Build gallery/index.html: every app's sample, made on this machine, each in its own environment."""
    install(session, *editable(SAMPLES[sample]))
    app = SAMPLES[sample].partition("[")[0]
    session.run(app, "demo", "--output-folder", str(GALLERY / sample), "--force")
    session.run("python", "-m", "rlviz_video", str(GALLERY), "--title", "rlviz")
    session.log("open %s", GALLERY / "index.html")


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Measure every app against its peers, in the same run, one app after the other."""
    for app in APPS:
        session.notify(f"{app.partition('-')[0]}-bench", posargs=session.posargs)


@nox.session(name="breakout-bench", python=PYTHON)
def breakout_bench(session: nox.Session) -> None:
    """Measure against rl_zoo3.record_video and pytorch-grad-cam."""
    install(session, *editable("breakout-gradcam", "rlviz-cam[grad-cam]"), "--group", "bench")
    session.run("python", "tests/bench/bench_breakout.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(name="donkey-bench", python=PYTHON)
def donkey_bench(session: nox.Session) -> None:
    """Measure against the script that people write first, tf-keras-vis and, where given, donkeycar."""
    install(session, *editable("donkey-gradcam"), "--group", "donkey-bench")
    session.run("python", "tests/bench/bench_donkey.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(name="deepracer-bench", python=PYTHON)
def deepracer_bench(session: nox.Session) -> None:
    """Measure against the notebook's loop: a seek for each frame, plots redrawn whole."""
    install(session, *editable("deepracer-analyzer"), "--group", "bench")
    session.run("python", "tests/bench/bench_deepracer.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(name="network-bench", python=PYTHON)
def network_bench(session: nox.Session) -> None:
    """Measure against the original's algorithm and figures, as people write them."""
    install(session, *editable("network-analyzer[keras]"), "--group", "bench")
    session.run("python", "tests/bench/bench_network.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(name="nn-bench", python=PYTHON)
def nn_bench(session: nox.Session) -> None:
    """Measure against the video that people make: a drawn panel and OpenCV's writer."""
    install(session, *editable("nn-video-generator"), "--group", "bench")
    session.run("python", "tests/bench/bench_neural_video.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(python=PYTHON)
def build(session: nox.Session) -> None:
    """Build a wheel of every member; each app's installs in an empty environment and starts."""
    folder = Path(session.create_tmp()).resolve()
    wheels = folder / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    session.run("uv", "build", "--all-packages", "--wheel", "-q", "-o", str(wheels), external=True)
    # uv keeps what it unpacked from a wheel of the same name and version: an earlier build would be tested.
    anew = [flag for member in (*PACKAGES, *APPS) for flag in ("--refresh-package", member)]
    for place, member in ({package: package for package in PACKAGES} | SAMPLES).items():
        name = member.partition("[")[0]
        empty = folder / place
        session.run("uv", "venv", "-q", "--clear", "-p", interpreter(session), str(empty), external=True)
        python = str(empty / ("Scripts" if os.name == "nt" else "bin") / "python")
        with session.chdir(folder):  # outside the workspace: its sources must not help
            session.run(
                *("uv", "pip", "install", "-q", "--python", python, "-c", str(CONSTRAINTS)),
                *("--find-links", str(wheels), *anew, member),
                external=True,
            )
            module = name.replace("-", "_")
            session.run(python, "-c", f"import {module}", external=True)
            if name in APPS:
                session.run(python, "-m", module, "--help", external=True, silent=True)
                session.run(python, "-m", module, "demo", "-n", "4", "--force", external=True, silent=True)


@nox.session(venv_backend="none")
def constraints(session: nox.Session) -> None:
    """Pin every version in constraints.txt from constraints.in and the members' own bounds."""
    projects = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("*/*/pyproject.toml"))]
    groups = [flag for group in GROUPS for flag in ("--group", group)]
    local = [flag for member in (*PACKAGES, *APPS) for flag in ("--no-emit-package", member)]
    session.run(
        *("uv", "pip", "compile", "constraints.in", *projects, "--all-extras", *groups, *local),
        *("--universal", "--python-version", "3.11", "--no-header", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links", "-q", "-o", "constraints.txt", *session.posargs),
        external=True,
    )
