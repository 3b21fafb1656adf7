"""Everything that a developer runs, with Python 3.11 or later and nothing else. All it installs goes into ./.venv.

demo     run the example shop
test     run the tests, documentation and docstrings; arguments go to pytest
cover    run them all once more, and ask for full branch coverage
check    run every other check; a word runs only the checks with that word in their names
docs     build the documentation into ./site
fuzz     read many broken documents of predicates, and compare what those that load mean everywhere
bench    run the benchmarks
peers    compare with the libraries of the field, in an environment of their own
wheel    test the built wheel, without the source beside it, with the lowest versions of its dependencies
mutate   run the mutation tests; arguments go to mutmut
"""

import importlib.util
import sys

# An old Python must be able to parse the whole file, to come to this line: no `:=`, no `match`.
if sys.version_info < (3, 11):
    sys.exit(f"cxkit needs Python 3.11 or later, and this is Python {sys.version_info[0]}.{sys.version_info[1]}")
if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
    sys.exit("this Python cannot make environments; on Debian and Ubuntu, run `apt install python3-venv` first")

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PYPROJECT = ROOT / "pyproject.toml"
WINDOWS = os.name == "nt"
ALL_CORES = ("--numprocesses", "auto", "--dist", "loadfile")  # the blocks of a page run in their order

CHECKS = {
    "ruff check": ("ruff", "check"),
    "ruff format": ("ruff", "format", "--check"),
    "mypy": ("mypy",),
    "pyright": ("pyright",),
    "pyright completeness": ("pyright", "--verifytypes", "cxkit", "--ignoreexternal"),
    "import-linter": ("lint-imports",),
    "api snapshot": ("python", "tests/api/snapshot.py"),
    "deptry": ("deptry", "src"),
    "docs": ("mkdocs", "build", "--strict", "--quiet"),
    "docs reference": ("python", "tests/api/reference.py"),
    "repo-review": ("repo-review", "."),
    "pyproject": ("validate-pyproject", "pyproject.toml"),
}


class Environment:
    """A virtual environment, and how to run things in it as if it were activated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scripts = folder / ("Scripts" if WINDOWS else "bin")
        path = os.pathsep.join([str(scripts), os.environ.get("PATH", os.defpath)])
        self.variables = os.environ | {
            "PATH": path,
            "VIRTUAL_ENV": str(folder),
            "PYTHONPATH": "",
            "NO_MKDOCS_2_WARNING": "1",
        }

    def create(self) -> None:
        """Make the environment anew."""
        venv.create(self.folder, clear=True, symlinks=not WINDOWS, with_pip=True)
        self.pip("install", "--upgrade", "pip>=25.1")  # the first that knows --group

    def pip(self, *arguments: object) -> None:
        """Run pip, quietly."""
        self.run("python", "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)

    def run(self, *command: object, cwd: Path = ROOT) -> None:
        """Run a tool, and end with its exit code if it fails."""
        code = self.outcome(*command, cwd=cwd).returncode
        if code:
            sys.exit(code)

    def outcome(self, *command: object, cwd: Path = ROOT, captured: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a tool and tell how it ended; what it prints is shown, or captured."""
        tool, *arguments = map(str, command)
        found = shutil.which(tool, path=self.variables["PATH"]) or tool
        out, err = (subprocess.PIPE, subprocess.STDOUT) if captured else (None, None)
        return subprocess.run(
            [found, *arguments], cwd=cwd, env=self.variables, stdout=out, stderr=err, text=True, check=False
        )


def prepared(group: str | None = None, folder: str = ".venv") -> Environment:
    """Return an environment with cxkit and a dependency group, installed once for each state of pyproject.toml."""
    home = Environment(ROOT / folder)
    python = f"{sys.version} {sys.base_prefix} {ROOT}"  # an environment cannot be moved
    with _once(home.folder / "python.stamp", python) as due:
        if due:
            print(f"setting up ./{folder}, once", flush=True)
            home.create()
    state = hashlib.sha256(PYPROJECT.read_bytes()).hexdigest()
    with _once(home.folder / f"{group}.stamp", state) as due:
        if due:
            print(f"installing cxkit{f' and what {group} needs' if group else ''}, once", flush=True)
            home.pip("install", "--editable", ROOT, *(("--group", f"{PYPROJECT}:{group}") if group else ()))
    return home


@contextmanager
def _once(stamp: Path, state: str) -> Iterator[bool]:
    """Tell whether something is due because `stamp` tells of another state, and stamp it when it is done."""
    due = not stamp.exists() or stamp.read_text(encoding="utf-8") != state
    yield due
    if due:
        stamp.write_text(state, encoding="utf-8")


@contextmanager
def _trial() -> Iterator[Environment]:
    """Lend a fresh environment in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Environment(Path(folder) / "venv")
        fresh.create()
        yield fresh


def demo(*arguments: str) -> None:
    prepared().run("python", "examples/cd_shop.py", *arguments)


def with_examples(number: int) -> None:
    """Let hypothesis try so many examples of each law, where the caller has not said otherwise."""
    os.environ.setdefault("CXKIT_EXAMPLES", str(number))


def test(*arguments: str) -> None:
    with_examples(15)  # so that all take less than three minutes
    prepared("test").run("python", "-m", "pytest", *ALL_CORES, *arguments)


def cover() -> None:
    with_examples(5)  # no branch waits for a lucky example
    here = prepared("test")
    here.run("python", "-m", "pytest", "--quiet", *ALL_CORES, "--cov", "--cov-report", "term")


def check(*words: str) -> None:
    here = prepared("dev")
    failed = []
    for name, command in CHECKS.items():
        if words and not any(word in name for word in words):
            continue
        began = time.monotonic()
        done = here.outcome(*command, captured=True)
        verdict = "FAILED" if done.returncode else "ok"
        print(f"{verdict:6}  {name}  ({time.monotonic() - began:.1f} s)", flush=True)
        if done.returncode:
            print(done.stdout, flush=True)
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def docs(*arguments: str) -> None:
    prepared("docs").run("mkdocs", "build", "--strict", "--quiet", *arguments)
    print(f"built {ROOT / 'site' / 'index.html'}")


def fuzz(*arguments: str) -> None:
    prepared("test").run("python", "tests/fuzz/documents.py", *arguments)


def bench(*words: str) -> None:
    here = prepared("bench", ".venv-bench")  # the peers ask for older dependencies than the tests
    for script in sorted(ROOT.glob("tests/benchmarks/*.py")):
        if not words or any(word in script.stem for word in words):
            here.run("python", script)


def peers(*arguments: str) -> None:
    with_examples(25)
    prepared("peers", ".venv-peers").run("python", "-m", "pytest", "tests/peers", *arguments)


def wheel(*arguments: str) -> None:
    with_examples(5)
    dependencies = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    floors = [dependency.replace(">=", "==") for dependency in dependencies]
    with _trial() as trial:
        folder = trial.folder.parent
        trial.pip("wheel", "--no-deps", "--wheel-dir", folder, ROOT)
        [built] = folder.glob("*.whl")
        names = zipfile.ZipFile(built).namelist()
        strangers = [name for name in names if not name.startswith(("cxkit/", "cxkit-"))]
        if strangers or "cxkit/py.typed" not in names:
            sys.exit(f"a wheel holds the package with its py.typed, and nothing else; got {names}")
        trial.pip("install", built, *floors, "--group", f"{PYPROJECT}:test")
        tree = folder / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "src", "site", "out", "mutants"))
        trial.run("python", "-m", "pytest", *ALL_CORES, *arguments, cwd=tree)


def mutate(*arguments: str) -> None:
    prepared("mutation").run("mutmut", *(arguments or ("run",)))


COMMANDS = {
    command.__name__: command for command in (demo, test, cover, check, docs, fuzz, bench, peers, wheel, mutate)
}

if __name__ == "__main__":
    if len(sys.argv) == 1 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
