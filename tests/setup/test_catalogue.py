"""`config/models.toml` and the reader of it."""

import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPOSITORY / "scripts"))

from provision import SetupError, catalogue  # noqa: E402

SHIPPED = REPOSITORY / "config" / "models.toml"
GOOD = f'[[model]]\nid = "a"\ntarget = "a/b"\nbytes = 1_000\nsha256 = "{"0" * 64}"\nlicence = "MIT"\nfile = "/x"\n'


class Shipped(unittest.TestCase):
    def test_every_supported_machine_gets_the_same_targets(self) -> None:
        x86 = [model.target for model in catalogue.read(SHIPPED, "x86_64")]
        arm = [model.target for model in catalogue.read(SHIPPED, "aarch64")]
        self.assertEqual(x86, arm)
        self.assertIn("onnxruntime/libonnxruntime.so", x86)

    def test_another_machine_is_told_what_to_add(self) -> None:
        with self.assertRaisesRegex(SetupError, r'no onnxruntime for riscv64(.|\n)*machine = "riscv64"'):
            catalogue.read(SHIPPED, "riscv64")

    @unittest.skipIf(sys.version_info < (3, 11), "tomllib came with Python 3.11")
    def test_it_is_toml_and_read_as_such(self) -> None:
        import tomllib

        with open(SHIPPED, "rb") as content:
            self.assertEqual(tomllib.load(content)["model"], catalogue.read_tables(SHIPPED))


class Refused(unittest.TestCase):
    CASES = (
        ("an unknown key", GOOD + 'colour = "red"\n', r":8: cannot read `colour"),
        ("a key twice", GOOD + "bytes = 1\n", r":8: cannot read"),
        ("a key before any table", 'id = "a"\n', r":1: cannot read"),
        ("TOML beyond the part used", GOOD + "path = ['a']\n", r":8: cannot read"),
        ("a key missing", GOOD.replace("bytes = 1_000\n", ""), r"`a` lacks bytes"),
        ("a target outside", GOOD.replace("a/b", "../b"), r"must stay inside"),
        ("an absolute target", GOOD.replace("a/b", "/b"), r"must stay inside"),
        ("a sum that is none", GOOD.replace("0" * 64, "0" * 63), r"64 lower-case"),
        ("no source", GOOD.replace('file = "/x"\n', ""), r"exactly one of"),
        ("two sources", GOOD + 'url = "https://a.example"\n', r"exactly one of"),
        ("another protocol", GOOD.replace('file = "/x"', 'url = "file:///x"'), r"must begin with"),
        ("a package without a path", GOOD.replace('file = "/x"', 'package = "p"\nversion = "1"'), r"needs `version`"),
        ("one target twice", GOOD + GOOD, r"same `target` twice"),
    )

    def test_what_cannot_be_meant_is_refused_with_its_place(self) -> None:
        for name, text, said in self.CASES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                config = Path(folder) / "models.toml"
                config.write_text(text, encoding="utf-8")
                with self.assertRaisesRegex(SetupError, said):
                    catalogue.read(config)


if __name__ == "__main__":
    unittest.main()
