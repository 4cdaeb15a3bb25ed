"""Installs the system packages that are missing, on Debian and Ubuntu; elsewhere says what is needed.

A need is met by the command or file it stands for, wherever that came from, or by its package.
"""

import glob
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

from . import SetupError

RUST_REMEDY = "Install Rust 1.95 or newer from https://rustup.rs, open a new shell, then run this again."
APT = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "Acquire::Retries=5", "-qq"]


@dataclass(frozen=True)
class Need:
    """Something a purpose cannot do without."""

    package: str
    ubuntu_package: str = ""
    commands: Tuple[str, ...] = ()
    files: Tuple[str, ...] = ()
    python_module: str = ""

    def is_met(self) -> bool:
        return (
            any(shutil.which(command) for command in self.commands)
            or any(glob.glob(pattern) for pattern in self.files)
            or (self.python_module != "" and importlib.util.find_spec(self.python_module) is not None)
        )

    def package_here(self) -> str:
        return self.ubuntu_package if self.ubuntu_package and is_ubuntu() else self.package


BUILD = (
    Need("gcc", commands=("cc",)),
    Need("libc6-dev", files=("/usr/include/stdio.h",)),
    Need("make", commands=("make",)),
    Need("ca-certificates", files=("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")),
    Need("python3-pip", python_module="pip"),
)
TESTS = (
    Need("flite", commands=("flite",)),
    Need("postgresql", commands=("initdb",), files=("/usr/lib/postgresql/*/bin/initdb",)),
    Need(
        "chromium",
        "chromium-browser",
        commands=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    ),
    Need("nodejs", commands=("node",)),
    Need("npm", commands=("npm",)),
)
PURPOSES = {"demo": BUILD, "test": BUILD + TESTS}


def install(purpose: str) -> None:
    missing = [need for need in PURPOSES[purpose] if not need.is_met()]
    missing = [need for need in missing if not is_installed(need.package_here())]
    if missing:
        install_packages([need.package_here() for need in missing])
    require_rust()
    if purpose == "test":
        require_rust_components()


def install_packages(packages: List[str]) -> None:
    if shutil.which("apt-get") is None:
        raise SetupError(
            f"missing: {', '.join(packages)} (names of Debian packages).\n"
            "  Install their counterparts with this system's package manager, then run this again."
        )
    update, add = [*APT, "update"], [*APT, "install", "-y", "--no-install-recommends", *packages]
    by_hand = f"apt-get update && apt-get install -y --no-install-recommends {shlex.join(packages)}"
    as_root = prefix_for_root()
    if as_root is None:
        raise SetupError(f"missing packages, and no way to become root. As root, run:\n  {by_hand}")
    print(f"system: installing {', '.join(packages)}", flush=True)
    for command in (update, add):
        if subprocess.run([*as_root, *command], check=False).returncode != 0:
            raise SetupError(f"the packages could not be installed. Run this, and see what it says:\n  {by_hand}")


def prefix_for_root():
    """What to put before a command so that it runs as root; `None` where that cannot be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if sys.stdin.isatty():
        return ["sudo"]
    asked = subprocess.run(["sudo", "-n", "true"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def is_installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", package],
        check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True,
    )
    return asked.stdout == "installed"


def is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.is_file() and "ID=ubuntu" in release.read_text(encoding="utf-8").splitlines()


def require_rust() -> None:
    if shutil.which("cargo") is None:
        raise SetupError(f"cargo is not on the PATH.\n  {RUST_REMEDY}")


def require_rust_components() -> None:
    missing = [name for name, command in (("rustfmt", "fmt"), ("clippy", "clippy")) if not answers(["cargo", command])]
    if not missing:
        return
    print(f"system: adding {', '.join(missing)} to the Rust toolchain", flush=True)
    add = ["rustup", "component", "add", *missing]
    if shutil.which("rustup") is None or subprocess.run(add, check=False).returncode != 0:
        raise SetupError(f"the Rust toolchain lacks {', '.join(missing)}.\n  Run: {shlex.join(add)}")


def answers(command: List[str]) -> bool:
    asked = subprocess.run([*command, "--version"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return asked.returncode == 0
