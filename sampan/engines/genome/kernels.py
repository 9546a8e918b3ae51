"""Where do compiled kernels lie, so that they start warm, also from a read-only installation?

Numba keeps machine code beside the source unless told otherwise. Here it lies in the person's cache folder, under
a name made from the sources of these packages: a changed kernel never meets the stale code of one that calls it,
what lies there is what Numba will take (it goes by place and time of a source), and nothing is written where Sampan is
installed. ``NUMBA_CACHE_DIR`` names another folder. Compiled code is loaded as code, so a folder that another account
could write is not used.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def _sources() -> str:
    """A name for the sources of everything that is compiled here."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parents[1].glob("genome*/*.py")):
        text = source.read_bytes()
        if b"genome.kernels import" in text:
            digest.update(text + f"{source} {source.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _ours(folder: Path) -> bool:
    """Whether ``folder`` can be made and written, and by nobody else."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = folder.stat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or (kept.st_uid == os.getuid() and not kept.st_mode & 0o022)
    return mine and os.access(folder, os.W_OK)


def cache_folder() -> Path:
    """The folder for compiled kernels: the one asked for, the person's, or one for this run."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    for base in (told, home):
        folder = Path(base).expanduser() / "sampan" / "kernels" / _sources() if base else None
        if folder and _ours(folder):
            return folder
    made = tempfile.mkdtemp(prefix="sampan-kernels-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


def _wide(kind: Any) -> Any:
    """The type as which a kernel takes an argument: no constants, and short whole numbers as long ones."""
    plain: Any = types.unliteral(kind)  # type: ignore[no-untyped-call]
    whole = isinstance(plain, types.Integer)
    return types.int64 if whole and plain.bitwidth < 64 else plain


_SPARING: ContextVar[bool] = ContextVar("sparing", default=False)


@contextmanager
def sparing() -> Iterator[None]:
    """Within it, what is not compiled yet is interpreted: for some hundred short genomes that are like their reference.

    Each takes some hundredths of a second then, and the same is found; to compile takes half a minute.
    """
    before = _SPARING.set(True)
    try:
        with np.errstate(over="ignore"):  # whole numbers wrap round, as compiled ones do
            yield
    finally:
        _SPARING.reset(before)


def ready(compiled: Kernel) -> Kernel:
    """A kernel to be called now: as it is, or, if it is not compiled yet and time is to be spared, interpreted."""
    return _interpreted(compiled) if _SPARING.get() and not _is_compiled(compiled) else compiled


def _is_compiled(compiled: Any) -> bool:
    """Whether a kernel was compiled, in this process or an earlier one."""
    name = f"{compiled.__module__.rpartition('.')[2]}.{compiled.__name__}-*.nbi"
    return bool(compiled.signatures) or any(Path(numba.config.CACHE_DIR).rglob(name))  # type: ignore[attr-defined]


@cache
def _interpreted(compiled: Any) -> Any:
    """A compiled function as Python runs it, with those that it calls."""
    plain = compiled.py_func
    names = {name: plain.__globals__[name] for name in plain.__code__.co_names if name in plain.__globals__}
    known = {name: _interpreted(one) if hasattr(one, "py_func") else one for name, one in names.items()}
    return FunctionType(
        plain.__code__, {"__builtins__": __builtins__, **known}, plain.__name__, plain.__defaults__
    )


def kernel(function: Kernel) -> Kernel:
    """Compiles a function of arrays that Python calls: cached between runs, and free of Python's lock meanwhile."""
    return _compiled(function, cache=True)


def inner(function: Kernel) -> Kernel:
    """Compiles a function that only kernels call: it becomes a part of theirs."""
    return _compiled(function, no_cpython_wrapper=True)


def _compiled(function: Kernel, **options: bool) -> Kernel:
    """Compiles for one kind of call where Numba would for each constant and each width of a number it meets."""
    options |= {"nogil": True, "boundscheck": False, "no_cfunc_wrapper": True}
    compiled: Any = numba.njit(**options)(function)  # type: ignore[call-overload]
    resolve = compiled.get_call_template
    compiled.get_call_template = lambda args, kws: resolve(tuple(map(_wide, args)), kws)
    return cast(Kernel, compiled)
