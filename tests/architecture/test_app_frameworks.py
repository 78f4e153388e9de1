"""Installing one app never brings another app's framework."""

from importlib.metadata import PackageNotFoundError, requires
from typing import cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOREIGN = {
    "breakout-gradcam": {"tensorflow", "keras", "tf-keras"},
    "donkey-gradcam": {"torch", "stable-baselines3", "gymnasium"},
    "deepracer-analyzer": {"torch", "tensorflow", "keras", "gymnasium"},
    "nn-video-generator": {"tensorflow", "keras", "tf-keras"},
    "network-analyzer": {"torch", "tensorflow", "keras", "gymnasium"},
    "network-analyzer[keras]": {"torch", "stable-baselines3", "gymnasium"},
    "network-analyzer[torch]": {"tensorflow", "keras", "stable-baselines3", "gymnasium"},
    "network-analyzer[agents]": {"tensorflow", "keras", "tf-keras"},
}


def brought_by(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """What comes along with a package that is installed here, itself included, by canonical names."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        waiting += needs(*package)
    return {name for name, _ in seen}


def needs(name: str, extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """The packages that one asks for on this machine; none for a package that an override leaves out."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    asked = [Requirement(line) for line in lines]
    environments = [{"extra": extra} for extra in (extras or {""})]
    return [
        (canonicalize_name(one.name), frozenset(one.extras))
        for one in asked
        if one.marker is None or any(one.marker.evaluate(cast("dict[str, str]", e)) for e in environments)
    ]


@pytest.mark.parametrize("app", FOREIGN)
def test_an_app_brings_no_other_apps_framework(app: str):
    wanted = Requirement(app)
    try:
        requires(wanted.name)
    except PackageNotFoundError:
        pytest.skip(f"{wanted.name} is not installed here")
    assert brought_by(wanted.name, frozenset(wanted.extras)) & FOREIGN[app] == set()


def test_what_comes_along_is_followed_through_extras():
    try:
        requires("donkey-gradcam")
    except PackageNotFoundError:
        pytest.skip("donkey-gradcam is not installed here")
    assert {"rlviz-cam", "tf-keras", "tensorflow", "numpy", "click"} <= brought_by("donkey-gradcam")
