"""PyTorch's own threads, switched off where results must not depend on how many there are."""

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def one_torch_thread() -> Generator[None]:
    """Let PyTorch compute in the calling thread alone within the block, for the whole process.

    With several threads sums are added up in another order, so that the same run differs in its last digits
    on another machine. For one small observation at a time threads cost more than they save, too.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
