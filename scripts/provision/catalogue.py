"""Reads `config/models.toml`: which model files there are, and where each comes from.

The file uses a small part of TOML, and Python before 3.11 has no reader for it, so this one reads exactly that part
and refuses anything else by line number.
"""

import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Union

from . import SetupError

MACHINE_NAMES = {"amd64": "x86_64", "arm64": "aarch64"}
KEYS_NEEDED = ("id", "target", "bytes", "sha256", "licence")
KEYS_KNOWN = KEYS_NEEDED + ("machine", "package", "version", "platform", "python", "path", "url", "file")
LINE = re.compile(r'^(?P<key>[a-z0-9_]+)\s*=\s*(?:"(?P<text>[^"\\]*)"|(?P<number>[0-9_]+))\s*(?:#.*)?$')


@dataclass(frozen=True)
class Wheel:
    """A package file on the Python package index."""

    package: str
    version: str
    platform: Optional[str]
    python: Optional[str]

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


@dataclass(frozen=True)
class InWheel:
    wheel: Wheel
    path: str

    def __str__(self) -> str:
        return str(self.wheel)


@dataclass(frozen=True)
class FromUrl:
    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class FromFile:
    file: str

    def __str__(self) -> str:
        return self.file


@dataclass(frozen=True)
class Model:
    """One pinned file."""

    id: str
    target: str
    bytes: int
    sha256: str
    source: Union[InWheel, FromUrl, FromFile]


def read(config: Path, machine: Optional[str] = None) -> List[Model]:
    """The models this machine needs, in the order of the file."""
    machine = machine or this_machine()
    tables = read_tables(config)
    wanted = [table for table in tables if table.get("machine", machine) == machine]
    covered = {table["id"] for table in wanted}
    for table in tables:
        if table["id"] not in covered:
            raise SetupError(
                f"{config} has no {table['id']} for {machine}.\n"
                f"  Add an entry with machine = \"{machine}\" and `file` or `url` naming a copy built for it."
            )
    models = [model_from(config, table) for table in wanted]
    if len({model.target for model in models}) != len(models):
        raise SetupError(f"{config} names the same `target` twice for {machine}; keep one.")
    return models


def this_machine() -> str:
    name = platform.machine().lower()
    name = MACHINE_NAMES.get(name, name)
    return name if sys.platform == "linux" else f"{sys.platform}-{name}"


def read_tables(config: Path) -> List[Dict[str, object]]:
    tables: List[Dict[str, object]] = []
    for number, line in enumerate(config.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line == "[[model]]":
            tables.append({})
            continue
        found = LINE.match(line)
        if not found or not tables or found["key"] not in KEYS_KNOWN or found["key"] in tables[-1]:
            raise SetupError(f"{config}:{number}: cannot read `{line}`; the known keys are {', '.join(KEYS_KNOWN)}.")
        tables[-1][found["key"]] = found["text"] if found["number"] is None else int(found["number"])
    for table in tables:
        missing = [key for key in KEYS_NEEDED if key not in table]
        if missing:
            raise SetupError(f"{config}: the model `{table.get('id', '?')}` lacks {', '.join(missing)}.")
    return tables


def model_from(config: Path, table: Dict[str, object]) -> Model:
    name = table["id"]
    target = Path(str(table["target"]))
    if target.is_absolute() or ".." in target.parts:
        raise SetupError(f"{config}: the target of `{name}` must stay inside the models directory.")
    if not re.fullmatch(r"[0-9a-f]{64}", str(table["sha256"])):
        raise SetupError(f"{config}: the sha256 of `{name}` must be 64 lower-case hexadecimal digits.")
    return Model(str(name), str(target), int(table["bytes"]), str(table["sha256"]), source_from(config, table))


def source_from(config: Path, table: Dict[str, object]) -> Union[InWheel, FromUrl, FromFile]:
    text = {key: str(value) for key, value in table.items()}
    kinds = [key for key in ("package", "url", "file") if key in text]
    if len(kinds) != 1:
        raise SetupError(f"{config}: the model `{text['id']}` needs exactly one of `package`, `url` and `file`.")
    if kinds == ["file"]:
        return FromFile(text["file"])
    if kinds == ["url"]:
        if not text["url"].startswith(("https://", "http://")):
            raise SetupError(f"{config}: the url of `{text['id']}` must begin with https:// or http://.")
        return FromUrl(text["url"])
    if "version" not in text or "path" not in text:
        raise SetupError(f"{config}: the model `{text['id']}` needs `version` and `path` beside `package`.")
    return InWheel(Wheel(text["package"], text["version"], text.get("platform"), text.get("python")), text["path"])
