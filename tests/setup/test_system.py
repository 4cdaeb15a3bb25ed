"""`scripts/setup.py system` on machines of every kind, and the throw-away PostgreSQL server."""

import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock
from urllib.parse import urlparse

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "scripts"))

from provision import SetupError, system  # noqa: E402

NEEDS = {"demo": (system.Need("tea-kettle", "kettle", commands=("kettle",)), system.Need("libtea", files=("/no/tea.h",)))}


class Packages(unittest.TestCase):
    """Each test runs on a machine whose only programs are the ones it puts on the PATH."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.programs = Path(folder.name)
        self.log = self.programs / "log"
        self.log.touch()
        self.as_user(0)
        for patch in (
            mock.patch.dict(os.environ, {"PATH": str(self.programs)}),
            mock.patch.object(system, "PURPOSES", NEEDS),
            mock.patch.object(system, "is_ubuntu", lambda: False),
            mock.patch.object(system.sys.stdin, "isatty", lambda: False, create=True),
            mock.patch("builtins.print"),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        os.symlink("/usr/bin/env", self.programs / "env")
        self.program("cargo")

    def as_user(self, number: int) -> None:
        patch = mock.patch.object(os, "geteuid", lambda: number)
        patch.start()
        self.addCleanup(patch.stop)

    def program(self, name: str, body: str = "") -> None:
        path = self.programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.log}\n{body}\n', encoding="utf-8")
        path.chmod(0o755)

    def ran(self) -> list:
        return self.log.read_text(encoding="utf-8").splitlines()

    def test_only_what_is_missing_is_installed(self) -> None:
        self.program("kettle")
        self.program("dpkg-query", "printf not-installed")
        self.program("apt-get")
        system.install("demo")
        installed = [line for line in self.ran() if " install " in line]
        self.assertEqual(len(installed), 1)
        self.assertTrue(installed[0].endswith("--no-install-recommends libtea"), installed)

    def test_nothing_is_run_when_every_package_is_there(self) -> None:
        self.program("kettle")
        self.program("dpkg-query", "printf installed")
        self.program("apt-get")
        system.install("demo")
        self.assertEqual(self.ran(), ["dpkg-query -W -f=${db:Status-Status} libtea"])

    def test_without_root_or_sudo_the_exact_command_is_given(self) -> None:
        self.as_user(1000)
        self.program("apt-get")
        with self.assertRaisesRegex(SetupError, "apt-get install -y --no-install-recommends tea-kettle libtea"):
            system.install("demo")
        self.assertEqual(self.ran(), [])

    def test_sudo_that_would_ask_with_nobody_to_answer_is_not_used(self) -> None:
        self.as_user(1000)
        self.program("apt-get")
        self.program("sudo", "exit 1")
        with self.assertRaisesRegex(SetupError, "no way to become root"):
            system.install("demo")
        self.assertEqual(self.ran(), ["sudo -n true"])

    def test_sudo_is_used_where_it_works(self) -> None:
        self.as_user(1000)
        self.program("apt-get")
        self.program("sudo", 'shift; exec "$@"')
        os.symlink("/bin/true", self.programs / "true")
        system.install("demo")
        self.assertTrue(self.ran()[-1].endswith("--no-install-recommends tea-kettle libtea"), self.ran())

    def test_a_failing_apt_ends_with_the_command_to_try(self) -> None:
        self.program("apt-get", "exit 100")
        with self.assertRaisesRegex(SetupError, "could not be installed(.|\n)*apt-get update && apt-get install"):
            system.install("demo")

    def test_ubuntu_has_its_own_names(self) -> None:
        self.program("apt-get")
        with mock.patch.object(system, "is_ubuntu", lambda: True):
            system.install("demo")
        self.assertTrue(self.ran()[-1].endswith("kettle libtea"), self.ran())

    def test_another_system_is_told_what_is_needed(self) -> None:
        with self.assertRaisesRegex(SetupError, "missing: tea-kettle, libtea"):
            system.install("demo")

    def test_a_machine_without_rust_is_told_where_to_get_it(self) -> None:
        (self.programs / "cargo").unlink()
        self.program("kettle")
        self.program("dpkg-query", "printf installed")
        with self.assertRaisesRegex(SetupError, "cargo is not on the PATH"):
            system.install("demo")


class Postgres(unittest.TestCase):
    def test_the_server_is_there_for_the_command_and_gone_after_it(self) -> None:
        script = [str(REPOSITORY / "scripts" / "postgres.sh"), "sh", "-c", "echo $DOORSTEP_TEST_POSTGRES_URL; exit 7"]
        done = subprocess.run(script, check=False, stdout=subprocess.PIPE, universal_newlines=True, timeout=120)
        self.assertEqual(done.returncode, 7)
        url = urlparse(done.stdout.strip())
        self.assertEqual((url.scheme, url.hostname), ("postgres", "127.0.0.1"))
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((url.hostname, url.port), timeout=5).close()


if __name__ == "__main__":
    unittest.main()
