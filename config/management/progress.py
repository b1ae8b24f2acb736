from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def bar(unit, verbosity):
    """A progress bar; gives what to call with each thing that is done. Silent where nobody
    watches."""
    with tqdm(unit=f" {unit}", disable=None if verbosity else True) as shown:
        yield lambda name: shown.update()
