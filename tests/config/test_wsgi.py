"""What the site's entry does before Django."""

import resource
import sys

import pytest

from config import wsgi

ENVIRON = {"CONTENT_TYPE": "text/plain; charset=utf-8"}


def called(depth, site):
    return called(depth - 1, site) if depth else site()


def leaf():
    pass


@pytest.mark.skipif(sys.platform != "linux", reason="pages of memory are counted by Linux")
def test_no_depth_of_calls_maps_memory_back_and_forth(monkeypatch):
    """Each mapped chunk of frames is a fault when it is written to."""

    def faults(depth):
        def call_often():
            before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
            for _ in range(1_000):
                leaf()
            return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before

        monkeypatch.setattr(wsgi, "site", lambda *_: called(depth, call_often))
        return wsgi.application(ENVIRON, None)

    assert max(faults(depth) for depth in range(400)) < 500
