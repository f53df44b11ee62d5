#!/bin/sh
# Make .venv with the newest suitable Python and install one requirements file into it.
#
#   sh install.sh requirements.txt
#
# PYTHON= names another interpreter. A second call only compares notes in .venv and is quick.
# make runs this before each command; `make -n api` shows how.
set -u

REQUIREMENTS=$1
OLDEST="3, 11"
NOTE=.venv/made-by  # which Python made it, and where; missing while an installation is unfinished

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Print the command of this distribution that installs Debian package $1 or Fedora package $2.
install_command() {
  sudo="sudo "
  [ "$(id -u)" -eq 0 ] && sudo=""
  if command -v apt-get >/dev/null; then
    printf '%sapt install %s' "$sudo" "$1"
  elif command -v dnf >/dev/null; then
    printf '%sdnf install %s' "$sudo" "$2"
  else
    printf 'the package manager of this system (%s)' "$2"
  fi
}

# Python from the version that aliscrape needs; a pyenv shim may exist and yet not run.
is_suitable() {
  "$1" -c "import sys; sys.exit(sys.version_info < ($OLDEST))" 2>/dev/null
}

version_of() {
  "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null
}

choose_python() {
  if [ -n "${PYTHON:-}" ]; then
    is_suitable "$PYTHON" && return
    found=$(version_of "$PYTHON") || found="not a Python that runs"
    fail "aliscrape needs Python 3.11 or newer, and PYTHON=$PYTHON is $found."
  fi
  for PYTHON in python3.14 python3.13 python3.12 python3.11 python3; do
    is_suitable "$PYTHON" && return
  done
  found=$(version_of python3) && found="and python3 is $found" || found="and there is no Python here"
  fail "aliscrape needs Python 3.11 or newer, $found. Install a newer one:" \
    "$(install_command 'python3.11 python3.11-venv' python3.12)"
}

# Debian and Ubuntu ship the venv module without the part that installs pip.
require_venv() {
  "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null && return
  name=python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  fail "$PYTHON cannot make virtual environments here. Install the missing package:" \
    "$(install_command "$name-venv" "$name")"
}

require_writable_folder() {
  [ -w . ] && { [ ! -e .venv ] || [ -w .venv ]; } && return
  owner=$(ls -ld . | awk '{print $3}')
  fail "Cannot install into $PWD, which belongs to $owner. Use a clone of your own."
}

make_venv() {
  require_writable_folder
  require_venv
  [ ! -e .venv ] || echo "Making .venv anew: it is incomplete, was moved, or is of another Python."
  rm -rf .venv && "$PYTHON" -m venv .venv || fail "Could not make .venv with $PYTHON."
}

install_requirements() {
  require_writable_folder
  echo "Installing $REQUIREMENTS into .venv (77 MB at the first time, about 20 seconds) ..."
  rm -f "$NOTE"
  .venv/bin/python -m pip install --disable-pip-version-check -r "$REQUIREMENTS" || fail \
    "Could not install $REQUIREMENTS; pip says why above. Then run the same command again."
  echo "$wanted_requirements" > ".venv/$REQUIREMENTS.installed"
  echo "$wanted_venv" > "$NOTE"
}

choose_python
wanted_venv="$("$PYTHON" -c 'import sys; print(sys.base_prefix, sys.version.split()[0])') in $PWD"
wanted_requirements=$(cat requirements*.txt | cksum)

if [ "$(cat "$NOTE" 2>/dev/null)" != "$wanted_venv" ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  make_venv
fi
if [ "$(cat ".venv/$REQUIREMENTS.installed" 2>/dev/null)" != "$wanted_requirements" ]; then
  install_requirements
fi
