"""``script/bench``: runs every problem and prints a table beside the bars, or JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys

import bench

SIZES = ("tiny", "small", "ordinary", "full")


def main() -> None:
    """Runs the named modules (all, unless named) at one size."""
    known = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if not m.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(known)}")
    parser.add_argument("--size", choices=SIZES, default="ordinary")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.modules) - set(known):
        parser.error(f"there is no {min(unknown)}; use {', '.join(known)}")
    results = []
    for name in asked.modules or known:
        sys.stderr.write(f"bench {name} …\n")
        results += importlib.import_module(f"bench.{name}").run(asked.size)
    if asked.json:
        print(json.dumps(results, indent=2))
        return
    for row in results:
        bar = f"  (bar {row['bar']})" if row.get("bar") else ""
        print(f"{row['problem']:<44} {row['phase']:<22} {row['value']:>14,.4g} {row['unit']:<12}{bar}")


if __name__ == "__main__":
    main()
