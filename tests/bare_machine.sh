#!/usr/bin/env bash
# Try the README's first commands on a bare Debian: Python, make and git, and nothing else.
#
#   sudo tests/bare_machine.sh bookworm [FOLDER]
#
# Builds the system with debootstrap in FOLDER (a new one in /tmp by default, removed at the end),
# clones this project into it, and runs `make demo` as an ordinary user and then as root. For each
# it prints what is printed there and how many of 25 products have each of the seven facts.
# Takes five to ten minutes, so it is no part of the tests. Needs root and debootstrap.
# SETUP is the line of the README for Debian unless you give another, for instance one without a
# browser. PLAYWRIGHT_DOWNLOAD_HOST is passed on, for machines that cannot reach Playwright's own.
set -euo pipefail

SUITE=${1:?usage: tests/bare_machine.sh SUITE [FOLDER]}
SYSTEM=${2:-$(mktemp -d /tmp/bare-machine.XXXXXX)}
PROJECT=$(cd "$(dirname "$0")/.." && pwd)
MIRROR=${MIRROR:-$(grep -rhoE '^[^#]*https?://[^ ]+/debian\b' /etc/apt --include='*.list' --include='*.sources' | grep -oE 'http.*' | head -n 1)}
PACKAGES=python3,make,git,ca-certificates
PORT=${PORT:-5057}
SETUP=${SETUP:-$(grep -oE '^apt install [^#]*' "$PROJECT/README.md" | head -n 1)}

say() { printf '\n== %s\n' "$*"; }

# Mounts are made in a namespace of our own, so that they end with this script, however it ends.
if [ "${INSIDE_NAMESPACE:-}" != 1 ]; then
  exec env INSIDE_NAMESPACE=1 unshare --mount --pid --fork --mount-proc --kill-child "$0" "$SUITE" "$SYSTEM"
fi
trap 'umount -R "$SYSTEM/proc" "$SYSTEM/dev" 2>/dev/null || true; [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$SYSTEM"' EXIT

build_system() {
  say "Building Debian $SUITE with $PACKAGES"
  mkdir -p "$SYSTEM"
  chmod 755 "$SYSTEM"  # mktemp makes folders that are closed to the ordinary user
  debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$SYSTEM" "$MIRROR" >"$SYSTEM.log" 2>&1 ||
    { tail -n 20 "$SYSTEM.log"; exit 1; }
  rm "$SYSTEM.log"
  mount -t proc proc "$SYSTEM/proc"
  mount --rbind --make-rslave /dev "$SYSTEM/dev"
  # The network is this machine's: its names, its certificates, its settings of pip.
  cp -L /etc/resolv.conf /etc/hosts "$SYSTEM/etc/"
  cp -L /etc/pip.conf "$SYSTEM/etc/" 2>/dev/null || true
  cp -L /etc/ssl/certs/ca-certificates.crt "$SYSTEM/etc/ssl/certs/"
  chroot "$SYSTEM" useradd --create-home visitor
}

# Run a command line in the system as a user, with the environment of a fresh login.
in_system() {
  local user=$1 line=$2 home=/home/visitor
  [ "$user" = root ] && home=/root
  chroot "$SYSTEM" setpriv --reuid="$user" --regid="$user" --init-groups env -i \
    HOME="$home" USER="$user" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${PLAYWRIGHT_DOWNLOAD_HOST:+PLAYWRIGHT_DOWNLOAD_HOST="$PLAYWRIGHT_DOWNLOAD_HOST"} \
    sh -c "cd ~ && $line"
}

clone_for() {
  local user=$1 home=$SYSTEM/home/visitor
  [ "$user" = root ] && home=$SYSTEM/root
  git clone --quiet "$PROJECT" "$home/aliscrape"
  chroot "$SYSTEM" chown -R "$user:$user" "${home#"$SYSTEM"}/aliscrape"
}

# Print how many of the products have each fact, as a user's program would count them.
count_facts() {
  in_system "$1" "python3 - $PORT" <<'PYTHON'
import json, sys, urllib.request

address = f"http://127.0.0.1:{sys.argv[1]}/api/v1/products?limit=100"
products = json.load(urllib.request.urlopen(address))["items"]
facts = ("title", "image_url", "price", "shipping_price", "star_rating", "units_sold", "store_name")
counts = {fact: sum(product[fact] is not None for product in products) for fact in facts}
print(len(products), "products:", ", ".join(f"{n} {fact}" for fact, n in counts.items()))
PYTHON
}

# Run `make demo` until it serves, count what it serves, and stop it as Ctrl-C does.
run_demo() {
  local user=$1 log pid
  say "make demo, as $user"
  log=$(mktemp)
  in_system "$user" "cd aliscrape && exec make demo PORT=$PORT" >"$log" 2>&1 &
  pid=$!
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || break
    grep -q 'Ctrl-C stops' "$log" && sleep 5 && break
    sleep 1
  done
  grep -vE '^(Collecting|  Downloading|Downloading |Using cached|Requirement|   )|\| +[0-9]+% of|^WARNING|━' "$log" || true
  if kill -0 "$pid" 2>/dev/null; then
    count_facts "$user"
    pkill -INT -f tests.mockshop.demo || true
    wait "$pid" || true
  fi
  needs_libraries=$(grep -c 'playwright install-deps chromium' "$log" || true)
  rm "$log"
}

# Do what the demo says about libraries of the browser, if it says so.
install_libraries() {
  [ "$needs_libraries" != 0 ] || return 0
  say "What the demo said: sudo .venv/bin/playwright install-deps chromium"
  in_system root 'cd /home/visitor/aliscrape && .venv/bin/playwright install-deps chromium' |
    tail -n 1
  run_demo visitor
}

build_system
clone_for root
run_demo root # names the package that is missing
clone_for visitor
run_demo visitor # the same
say "What the README says: $SETUP"
in_system root "apt-get update -qq && $SETUP -y --no-install-recommends" >/dev/null 2>&1
run_demo visitor
install_libraries
run_demo root
