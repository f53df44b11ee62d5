"""install.sh in a folder of its own, with the interpreters of a made-up machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawls import ROOT

TOOLS = ("sh", "cat", "cksum", "rm", "id", "ls", "awk", "apt-get", "env")
"""The programs that the script calls; a machine of the tests has no others."""


class Machine:
    """A folder with the script, and a PATH with the programs that a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.programs.mkdir()
        for tool in TOOLS:
            self.add_program(tool, 'exec {} "$@"'.format(shutil.which(tool) or "/bin/true"))
        shutil.copy(ROOT / "install.sh", folder)
        (folder / "requirements.txt").write_text("")

    def add_program(self, name: str, script: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def add_python(self, name: str, lacks: str = "nothing") -> None:
        """Add the interpreter of these tests under another name, without the module `lacks`.

        Its virtual environments have a pip that does nothing, which saves seconds.
        """
        self.add_program(
            name,
            f"""
            case "$*" in
              *{lacks}*) exit 1 ;;
              "-m venv .venv") {sys.executable} -m venv --without-pip .venv
                for folder in .venv/lib/python3*/site-packages; do
                  {shutil.which("mkdir")} "$folder/pip"
                  echo > "$folder/pip/__init__.py"
                  echo > "$folder/pip/__main__.py"
                done ;;
              *) exec {sys.executable} "$@" ;;
            esac
            """,
        )

    def add_real_python(self, name: str) -> None:
        self.add_program(name, f'exec {sys.executable} "$@"')

    def add_old_python(self, version: str = "3.10.12") -> None:
        self.add_program("python3", f'case "$*" in *platform*) echo {version};; *) exit 1;; esac')

    def install(self, **variables: str) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if key != "PYTHON"}
        return subprocess.run(
            ["/bin/sh", "install.sh", "requirements.txt"],
            cwd=self.folder, env=inherited | {"PATH": str(self.programs)} | variables,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    machine.add_python("python3")
    assert machine.install().returncode == 0
    return machine


@pytest.mark.long
def test_it_makes_a_virtual_environment_with_pip(machine: Machine) -> None:
    machine.add_real_python("python3")
    assert machine.install().stdout.startswith("Installing requirements.txt into .venv")
    pip = subprocess.run([machine.venv / "bin/python", "-m", "pip", "--version"], check=False)
    assert pip.returncode == 0


def test_a_second_call_does_nothing(installed: Machine) -> None:
    assert installed.install().stdout == ""


def test_changed_requirements_are_installed_without_making_it_anew(installed: Machine) -> None:
    made = (installed.venv / "pyvenv.cfg").stat().st_ino
    (installed.folder / "requirements.txt").write_text("# changed\n")
    done = installed.install()
    assert done.stdout.startswith("Installing requirements.txt into .venv")
    assert (installed.venv / "pyvenv.cfg").stat().st_ino == made


def interrupt_installation(machine: Machine) -> None:
    (machine.venv / "made-by").unlink()


def remove_pip(machine: Machine) -> None:
    for pip in machine.venv.glob("lib/python3*/site-packages/pip"):
        shutil.rmtree(pip)


def remove_interpreter(machine: Machine) -> None:
    (machine.venv / "bin/python").unlink()


def move_folder(machine: Machine) -> None:
    machine.folder = machine.folder.rename(machine.folder.with_name("moved"))
    machine.programs = machine.folder / "programs"


def change_interpreter(machine: Machine) -> None:
    note = machine.venv / "made-by"
    note.write_text(note.read_text().replace(sys.base_prefix, "/another/python"))


@pytest.mark.parametrize(
    "break_it",
    [interrupt_installation, remove_pip, remove_interpreter, move_folder, change_interpreter],
    ids=lambda function: function.__name__,
)
def test_an_unusable_environment_is_made_anew(break_it: object, installed: Machine) -> None:
    assert callable(break_it)
    break_it(installed)
    done = installed.install()
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "Making .venv anew")
    assert installed.install().stdout == ""


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("python3.12", "python3.11", "python3"), "python3.12"),
        (("python3.11", "python3"), "python3.11"),
        (("python3",), "python3"),
    ],
)
def test_the_newest_interpreter_on_path_is_chosen(
    names: tuple[str, ...], chosen: str, machine: Machine
) -> None:
    for name in names:
        machine.add_python(name, lacks="ensurepip")
    assert machine.install().stderr.startswith(f"{chosen} cannot make virtual environments here.")


def test_an_interpreter_that_does_not_run_is_passed_over(machine: Machine) -> None:
    machine.add_program("python3.13", "echo 'pyenv: python3.13: command not found'; exit 127")
    machine.add_python("python3")
    assert machine.install().returncode == 0


def test_python_names_the_interpreter_to_use(machine: Machine) -> None:
    machine.add_python("python3.12", lacks="ensurepip")
    machine.add_python("mine")
    assert machine.install(PYTHON="mine").returncode == 0


def refusal(machine: Machine, **variables: str) -> str:
    """Return the one line that it prints before it gives up; nothing has been made."""
    done = machine.install(**variables)
    assert done.returncode == 1
    assert done.stdout == ""
    assert not machine.venv.exists()
    (line,) = done.stderr.splitlines()
    return line


def test_an_older_python_is_refused_with_the_way_to_a_newer_one(machine: Machine) -> None:
    machine.add_old_python()
    line = refusal(machine)
    assert line.startswith("aliscrape needs Python 3.11 or newer, and python3 is 3.10.12.")
    assert line.endswith("apt install python3.11 python3.11-venv")


def test_without_any_python_the_same_is_said(machine: Machine) -> None:
    assert "there is no Python here" in refusal(machine)


def test_fedora_and_centos_are_told_their_own_command(machine: Machine) -> None:
    (machine.programs / "apt-get").unlink()
    machine.add_program("dnf", "")
    machine.add_old_python("3.9.18")
    assert refusal(machine).endswith("dnf install python3.12")


def test_a_python_named_by_hand_that_is_too_old_is_refused(machine: Machine) -> None:
    machine.add_old_python()
    assert refusal(machine, PYTHON="python3").endswith("PYTHON=python3 is 3.10.12.")
    assert refusal(machine, PYTHON="/no/such").endswith(
        "PYTHON=/no/such is not a Python that runs."
    )


def test_a_missing_venv_package_is_named(machine: Machine) -> None:
    machine.add_python("python3", lacks="ensurepip")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refusal(machine).endswith(f"apt install python{version}-venv")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give the folder to another user")
def test_a_folder_of_another_user_is_refused_in_a_sentence(machine: Machine) -> None:
    machine.add_python("python3")
    machine.folder.chmod(0o755)
    for path in (machine.folder, *machine.folder.parents[:2]):
        path.chmod(0o755)
    machine.add_program("sh", 'exec /bin/sh "$@"')
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", "/bin/sh", "install.sh", "requirements.txt"],
        cwd=machine.folder, env={"PATH": f"{machine.programs}:/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "which belongs to root. Use a clone of your own." in done.stderr
