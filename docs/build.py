"""Build of the documentation site: lay out the pages, run the builder strictly, check the result.

    python -m docs.build
    python -m docs.build --site /tmp/site

The configuration and the pages are laid out in build/, for any builder that reads mkdocs.yml; the site is written to
build/site, or to --site. Exits with 1 for any problem.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from docs.generator import check, search
from docs.generator.layout import lay_out
from docs.generator.public_names import public_names
from wsclient._version import __version__

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"


def main() -> int:
    """Build and check the site; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.build", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--site", type=Path, default=BUILD / "site", help="directory of the built site")
    site: Path = parser.parse_args().site.absolute()
    lay_out(ROOT, BUILD)
    if status := run_builder(BUILD / "mkdocs.yml", site):
        return status
    found = check.problems(site, public_names()) + search.problems(site)
    print(*found, sep="\n", end="\n" if found else "")
    return min(len(found), 1)


def run_builder(configuration: Path, site: Path) -> int:
    """Run mkdocs strictly and print its warnings; return its exit code, which is not 0 if there are any."""
    # Without --quiet, under which mkdocs does not count warnings and --strict has no effect.
    options = ["build", "--strict", "--config-file", str(configuration), "--site-dir", str(site)]
    program = [sys.executable, "-m", "mkdocs", *options]
    # The theme announces a successor of mkdocs on every run; the header shows the version.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SITE_NAME": f"wsclient {__version__}"}
    run = subprocess.run(program, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    for line in run.stderr.splitlines():
        if not line.startswith(("INFO", "DEBUG")):
            print(line, file=sys.stderr)
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
