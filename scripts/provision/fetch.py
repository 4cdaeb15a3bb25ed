"""Fetches wheels and files over a network that may fail: five tries, each a little later."""

import contextlib
import http.client
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, Callable, Iterator

from . import SetupError
from .catalogue import Wheel

TRIES = 5
SILENCE_SECONDS_MAX = 60
CHUNK_BYTES = 1 << 18
PROGRESS_SECONDS = 5.0


class FetchFailed(Exception):
    """This try did not bring the whole file; another may."""


def with_retries(what: str, config: Path, delay: float, once: Callable[[], None]) -> None:
    for number in range(1, TRIES + 1):
        try:
            return once()
        except FetchFailed as error:
            if number == TRIES:
                raise SetupError(
                    f"{what} could not be fetched in {TRIES} tries: {error}\n"
                    f"  Check the network and any proxy, then run this again; what is already here is kept.\n"
                    f"  Without a network, name copies of your own by `file` in {config}."
                ) from error
            print(f"models: {what}: try {number} of {TRIES} failed: {error}", flush=True)
            time.sleep(delay * 2 ** (number - 1))


def wheel_file(wheel: Wheel, directory: Path) -> Path:
    """The wheel on disk, downloaded unless an earlier run already brought it."""
    directory.mkdir(parents=True, exist_ok=True)
    return find_wheel(wheel, directory) or download_wheel(wheel, directory)


def find_wheel(wheel: Wheel, directory: Path):
    found = sorted(directory.glob(f"{wheel.package.replace('-', '_')}-{wheel.version}-*.whl"))
    return found[0] if found else None


def download_wheel(wheel: Wheel, directory: Path) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise SetupError("this Python has no pip.\n  Run `scripts/setup.sh system`, or install the package python3-pip.")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--dest", str(directory)]
    if wheel.platform:
        command += ["--platform", wheel.platform]
    if wheel.python:
        command += ["--python-version", wheel.python]
    command.append(f"{wheel.package}=={wheel.version}")
    scratch = directory / "pip"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    run_pip(command, scratch, f"{wheel}")
    shutil.rmtree(scratch, ignore_errors=True)
    file = find_wheel(wheel, directory)
    if file is None:
        raise FetchFailed("pip brought no such wheel")
    return file


def run_pip(command: list, scratch: Path, what: str) -> None:
    progress = Progress(what)
    with open(scratch / "errors", "w+", encoding="utf-8", errors="replace") as errors:
        pip = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, env={**os.environ, "TMPDIR": str(scratch)}
        )
        try:
            while pip.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    pip.wait(timeout=0.5)
                progress.show(bytes_under(scratch))
        finally:
            if pip.poll() is None:
                pip.terminate()
                pip.wait()
        progress.end()
        if pip.returncode != 0:
            errors.seek(0)
            said = errors.read().strip().splitlines()
            raise FetchFailed(said[-1] if said else f"pip ended with code {pip.returncode}")


def bytes_under(directory: Path) -> int:
    """What has come so far; files and folders may vanish meanwhile, and are left out."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(folder, name)).st_size
    return total


class Progress:
    """Says how much has come: in place on a terminal, otherwise a line every few seconds."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.is_terminal = sys.stdout.isatty()
        self.said_at = time.monotonic()

    def show(self, count: int) -> None:
        text = f"models: {self.what}: {count / 1e6:.1f} MB so far"
        if self.is_terminal:
            print(f"\r{text}", end="", flush=True)
        elif PROGRESS_SECONDS <= time.monotonic() - self.said_at:
            self.said_at = time.monotonic()
            print(text, flush=True)

    def end(self) -> None:
        if self.is_terminal:
            print("\r\033[K", end="", flush=True)


@contextlib.contextmanager
def opened_wheel(file: Path) -> Iterator[zipfile.ZipFile]:
    """The wheel as an archive. One that proves broken while it is read is removed, and the try counts as failed."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        file.unlink()
        raise FetchFailed(f"{file.name} came incomplete") from error


def member(archive: zipfile.ZipFile, path: str, wheel: Wheel, config: Path) -> BinaryIO:
    try:
        return archive.open(path)
    except KeyError as error:
        raise SetupError(f"{wheel} holds no {path}.\n  Correct `path` or `version` in {config}.") from error


@contextlib.contextmanager
def opened_url(url: str, directory: Path, bytes_max: int) -> Iterator[BinaryIO]:
    """The content of a URL, fetched whole to disk first; never more than one byte above `bytes_max`."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "url", "w+b") as kept:
        download_url(url, kept, bytes_max)
        kept.seek(0)
        yield kept


def download_url(url: str, kept: BinaryIO, bytes_max: int) -> None:
    progress = Progress(url)
    try:
        with urllib.request.urlopen(url, timeout=SILENCE_SECONDS_MAX) as answer:
            announced = answer.headers.get("Content-Length")
            count = 0
            while count <= bytes_max:
                chunk = answer.read(min(CHUNK_BYTES, bytes_max + 1 - count))
                if not chunk:
                    break
                kept.write(chunk)
                count += len(chunk)
                progress.show(count)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise FetchFailed(str(error)) from error
    finally:
        progress.end()
    if announced is not None and count < min(int(announced), bytes_max):
        raise FetchFailed(f"{count} of {announced} bytes came")
