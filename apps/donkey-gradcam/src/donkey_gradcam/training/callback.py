"""What a pilot looks at while it learns: a callback for Keras, of either generation."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

import click
from rlviz_cam import PLACEMENTS
from rlviz_overlay import format_value

from donkey_gradcam.drawing.sheet import MOST
from donkey_gradcam.pilots import TYPES
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.training.keras_hooks import KerasHooks, Logs
from donkey_gradcam.training.strip_files import StripFile, new_folder, open_files
from donkey_gradcam.training.strip_series import StripSeries
from donkey_gradcam.training.training_strip import StripPainter
from donkey_gradcam.training.watching import watch


@dataclass(eq=False)
class GradCamCallback(KerasHooks):
    """Draws what a pilot in training looks at: a strip of the same moments of a drive, every few epochs.

    For `model.fit(callbacks=[...])` of tf_keras and of Keras 3 on TensorFlow. The first strip shows the pilot
    before the training. Strips go to `<log_dir>/gradcam/epoch_0003.png` (3: epochs done), or to `gradcam_2`,
    ... where there are some of another training: nothing is replaced.

    Watching changes nothing of the training: no weight, no metric, no random number.

    What is wrong before the first strip is saved (drive, pilot, settings, folder) is raised: no epoch is
    lost. Later problems do not end the training: a strip is left out, each kind of problem is warned of once
    (`RuntimeWarning`), and the end says how many strips are missing.

    Example:
        >>> gradcam = GradCamCallback("data/tub", "logs", every=2)
        >>> model.fit(pictures, commands, epochs=20, callbacks=[gradcam])  # doctest: +SKIP

    Attributes:
        data_path: a tub or a folder of pictures, best one that is not trained on; read once, at the start.
        log_dir: where the folder of strips is made; what TensorBoard is given as `--logdir`.
        every: how many epochs lie between strips.
        frames: how many moments a strip has, spread evenly over the drive.
        target: `steering`, `throttle`, or an output's name, with `:unit` for one of its units.
        layer: name of a layer, or None for the last spatial one on the path to the target.
        method: name of a CAM method.
        evidence: which sign of the map is shown: `positive`, `negative`, `absolute` or `signed`.
        placement: where heat is drawn: `center` (of what a cell sees), `field` (all of it) or `stretch`. The
            same all through the training: a measured one, as for a video, would change with the weights.
        config: a `myconfig.py`: what donkeycar does to a picture before the pilot sees it; or None.
        type: a donkeycar pilot type, or `auto` to tell it from the network's own structure.
        tensorboard: whether strips also go to TensorBoard, as the picture `gradcam` of the run `gradcam`.
        video: whether they also become `training.mp4`, one strip a second.
        say: takes each line for the console.
        folder: where the strips are; None before the training.

    Raises:
        ValueError: a number that leaves nothing to show, or no such type of pilot.
    """

    data_path: str | Path
    log_dir: str | Path
    _: KW_ONLY
    every: int = 1
    frames: int = 8
    target: str = "steering"
    layer: str | None = None
    method: str = "gradcam"
    evidence: str = "positive"
    placement: str = "center"
    config: str | Path | None = None
    type: str = "auto"
    tensorboard: bool = True
    video: bool = False
    say: Callable[[str], None] = click.echo
    folder: Path | None = field(default=None, init=False)
    _series: StripSeries | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.every < 1:
            msg = f"every={self.every}: how many epochs lie between strips; give 1 or more"
            raise ValueError(msg)
        if not 1 <= self.frames <= MOST:
            msg = f"frames={self.frames}: pictures of a strip; give 1 to {MOST}"
            raise ValueError(msg)
        if self.placement not in PLACEMENTS:
            msg = f"placement={self.placement!r}: choose one of {', '.join(PLACEMENTS)}"
            raise ValueError(msg)
        if self.type not in {"auto", *TYPES}:
            msg = f"type={self.type!r}: no such pilot; choose auto or one of {', '.join(TYPES)}"
            raise ValueError(msg)

    def on_train_begin(self, logs: Logs = None) -> None:
        """Open the pilot and read the drive.

        Raises:
            OSError: the drive or the config cannot be read.
            TypeError: the model is none of Keras.
            ValueError: something is not what it should be, or a setting does not fit.
        """
        maps = MapSettings(
            target=self.target,
            layer=self.layer,
            method=self.method,
            placement=self.placement,
            evidence=self.evidence,
        )
        config = None if self.config is None else Path(self.config)
        watched = watch(self.model, Path(self.data_path), self.frames, maps, self.type, config)
        self._series = StripSeries(watched, StripPainter(watched.camera, maps, watched.about))
        for line in watched.notes:
            self.say(line)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Draw the pilot before its training.

        Raises:
            OSError: the folder cannot be made, or the strip not be written.
            ValueError: a setting does not fit, or the pilot's maps are not finite.
        """
        if self._series is None or self._series.begun:
            return
        title = f"Epoch {epoch}, before this training" if epoch else "Before the training"
        self._series.begin(epoch, title, self._open_files)
        self.say(f"Strips: {self.folder}")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Draw the pilot after every so many epochs; a strip that cannot be drawn or saved is warned of."""
        done = epoch + 1
        if self._series is not None and done % self.every == 0:
            self._series.add(done, f"Epoch {done}{self._of_epochs()}{_losses(logs)}")

    def on_train_end(self, logs: Logs = None) -> None:
        """Finish the files and say what there is."""
        if self._series is not None:
            self.say(f"{self.folder}: {self._series.close()}")
            self._series = None

    def _open_files(self) -> Sequence[StripFile]:
        self.folder = new_folder(Path(self.log_dir))
        return open_files(self.folder, tensorboard=self.tensorboard, video=self.video)

    def _of_epochs(self) -> str:
        epochs = self.params.get("epochs")
        return f" of {epochs}" if epochs else ""


def _losses(logs: Logs) -> str:
    """What was lost in an epoch, for a title; by output would be too much of it."""
    found = logs or {}
    named = ((name, found[name]) for name in ("loss", "val_loss") if name in found)
    return "".join(f"  ·  {name} {format_value(float(value), '.4g')}" for name, value in named)
