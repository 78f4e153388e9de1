import re
from pathlib import Path

from rlviz_video import VideoSource, read_manifest, read_timeline

README = Path(__file__).parents[2] / "packages" / "rlviz-video" / "README.md"


def test_the_example_of_the_readme_runs_and_writes_what_it_says(tmp_path, monkeypatch):
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, str(README), "exec"), {})
    assert VideoSource("ramp.mp4").frames == 90
    assert read_timeline("ramp.csv")[-1] == {"value": 89}
    assert read_manifest("ramp.manifest.json") == {"fps": "30", "frames": 90}
