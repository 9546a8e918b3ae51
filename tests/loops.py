"""An event loop of a test's own, in a thread of its own: a browser may be running one in this."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


def run(function: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
    """What ``function`` gives, once its loop has ended."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, function, *arguments).result()
