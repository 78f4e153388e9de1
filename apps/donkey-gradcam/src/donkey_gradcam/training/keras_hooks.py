"""What both generations of Keras call on a callback; imports neither."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Logs = Mapping[str, Any] | None
"""Names of metrics to their values of an epoch."""


def _nothing(*_: object, **__: object) -> None:
    """Do nothing."""


class KerasHooks:
    """A callback of tf_keras and of Keras 3 that does nothing.

    Each has a base class of its own and asks nobody to be of it: both call methods by their names, and so
    one object serves both. Nothing is called for a batch but what does nothing, and Keras is told so.

    Attributes:
        model: the model that is trained; Keras sets it.
        params: what the training was asked for (`epochs`, ...); Keras sets it.
    """

    async_safe = True
    """Keras 3 may call the hooks of batches from a thread of its own; otherwise it would stop doing so."""

    model: Any = None
    params: Mapping[str, Any] = MappingProxyType({})

    def set_model(self, model: Any) -> None:  # noqa: ANN401 - of either Keras
        """Take the model that is going to be trained."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take what the training was asked for."""
        self.params = params

    def on_train_begin(self, logs: Logs = None) -> None:
        """Called before the first epoch."""

    def on_train_end(self, logs: Logs = None) -> None:
        """Called after the last epoch; not after an error or an interrupt."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Called before an epoch, the first of which is 0."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Called after an epoch, with its losses and metrics."""

    on_batch_begin = on_train_batch_begin = on_test_batch_begin = on_predict_batch_begin = _nothing
    on_batch_end = on_train_batch_end = on_test_batch_end = on_predict_batch_end = _nothing
    on_test_begin = on_test_end = on_predict_begin = on_predict_end = _nothing

    def _no(self) -> bool:
        """Answer what tf_keras asks before it calls hooks of batches."""
        return False

    _implements_train_batch_hooks = _implements_test_batch_hooks = _implements_predict_batch_hooks = _no
