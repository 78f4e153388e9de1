"""Importing a library loads no framework and changes nothing."""

import subprocess
import sys

import pytest

LIBRARIES = ("rlviz_cam", "rlviz_overlay", "rlviz_video", "rlviz_agents")
FRAMEWORKS = {
    "torch",
    "tensorflow",
    "keras",
    "tf_keras",
    "stable_baselines3",
    "gymnasium",
    "pytorch_grad_cam",
    "matplotlib",
}
HEAVY = FRAMEWORKS | {"pandas", "pyarrow", "moviepy", "rl_zoo3", "h5py", "click"}


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("library", LIBRARIES)
def test_importing_a_library_loads_no_framework(library: str):
    pytest.importorskip(library)
    loaded = run(
        f"import sys, {library}; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    ).split()
    assert not HEAVY & set(loaded)


@pytest.mark.parametrize("library", LIBRARIES)
def test_importing_a_library_changes_no_environment_variable(library: str):
    pytest.importorskip(library)
    dependency = "cv2" if library == "rlviz_overlay" else "numpy"  # OpenCV's own import sets Qt's paths
    code = f"import os, {dependency}; a = dict(os.environ)\nimport {library}\nprint(a == dict(os.environ))"
    assert run(code) == "True"


@pytest.mark.parametrize("library", LIBRARIES)
def test_all_lists_exactly_the_public_names(library: str):
    module = pytest.importorskip(library)
    assert sorted(module.__all__) == sorted(set(module.__all__))
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []
    submodules = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__name__", "").startswith(f"{library}.") and type(value).__name__ == "module"
    }
    public = {name for name in vars(module) if not name.startswith("_")} - submodules
    assert public <= set(module.__all__)


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_public_name_says_what_it_is(library: str):
    module = pytest.importorskip(library)
    undocumented = [
        name
        for name in module.__all__
        if callable(getattr(module, name)) and not getattr(module, name).__doc__
    ]
    assert undocumented == []


@pytest.mark.parametrize("module", ["rlviz_cam.options", "rlviz_overlay.options", "rlviz_video.options"])
def test_the_options_of_a_library_load_no_framework(module: str):
    pytest.importorskip("click")
    pytest.importorskip(module.partition(".")[0])
    loaded = run(f"import sys, {module}; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))")
    assert (HEAVY - {"click"}).isdisjoint(loaded.split())
