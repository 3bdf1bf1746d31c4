#!/usr/bin/env bash
# Makes a checkout ready to run: Python and browser libraries, private services; `--tests` adds a browser.
# Each step leaves a stamp of what it was made from, so a second run costs a fraction of a second.
# Only `--tests` and a missing python3-venv ask the system's package manager, and only as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-python3}
log=.run/setup.log
want_tests=false
for word in "$@"; do
  case $word in
    --tests) want_tests=true ;;
    *) echo "deploy/setup.sh: unknown word '$word' (known: --tests)" >&2; exit 2 ;;
  esac
done

mkdir -p .run/stamps
exec 9>.run/setup.lock
flock 9 # a demo and a test run of one checkout may start together

say() { echo "→ $*"; }
fail() { printf 'deploy/setup.sh: %s\n' "$@" >&2; exit 1; }

# Runs a step quietly; shows what it said only when it fails.
quietly() {
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "this step failed: $*" "  everything it said is in $log"
  fi
}

digest() { cat "$@" 2>/dev/null | sha256sum | cut -c1-32; }
is_done() { [[ $(cat ".run/stamps/$1" 2>/dev/null) == "$2" ]]; }
mark_done() { echo "$2" >".run/stamps/$1"; }

apt_install() {
  [[ $EUID == 0 ]] || fail "these packages are missing: $*" "  ask root to run: apt-get update && apt-get install -y $*"
  say "system packages: $*"
  quietly apt-get update
  DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends "$@"
}

make_environment() {
  command -v "$python" >/dev/null || { [[ $python == python3 ]] && apt_install python3 python3-venv; }
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old; Python 3.11 or newer is needed" "  name another one: PYTHON=python3.12 $0"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  say "Python environment .venv"
  quietly "$python" -m venv --clear .venv
  quietly .venv/bin/python -m pip install --quiet --require-hashes -r deploy/tools.lock
}

install_python() {
  # The folder and the interpreter are part of the stamp: a moved checkout needs a new environment.
  local place key
  place=$(pwd; "$python" --version 2>/dev/null || true)
  # One environment serves both: the tools of a checkout are there from the first test run on.
  local locks=(requirements.lock)
  if $want_tests || [[ -e .run/stamps/with-tests ]]; then locks=(requirements-dev.lock); fi
  key="$(digest deploy/tools.lock "${locks[@]}" <(echo "$place")) ${locks[0]}"
  is_done python "$key" && [[ -x .venv/bin/python ]] && return
  if [[ ! -x .venv/bin/uv ]] || ! is_done place "$place" || ! .venv/bin/python -c ''; then
    make_environment
    mark_done place "$place"
  fi
  say "Python libraries (${locks[0]})"
  # uv does not read pip's configuration; a mirror named there is meant for us too.
  if [[ -z ${UV_DEFAULT_INDEX:-} ]]; then
    local mirror
    mirror=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
    [[ -n $mirror ]] && export UV_DEFAULT_INDEX=$mirror
  fi
  quietly .venv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python deploy/tools.lock "${locks[@]}"
  if $want_tests; then touch .run/stamps/with-tests; fi
  mark_done python "$key"
}

install_browser_files() {
  local key
  key=$(digest package-lock.json deploy/vendor.py)
  is_done vendor "$key" && [[ -e assets/vendor/maplibre-gl.mjs && -e geodata/vendor/villages.json ]] && return
  if ! command -v npm >/dev/null; then
    # From PyPI rather than apt: no root needed, and Debian's npm brings 400 packages.
    say "npm for this checkout"
    quietly .venv/bin/uv venv --quiet --clear .run/node
    quietly .venv/bin/uv pip install --quiet --require-hashes --python .run/node/bin/python -r deploy/node.lock
    PATH="$PWD/.run/node/bin:$PATH"
  fi
  say "browser libraries and place names (package-lock.json)"
  quietly npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  quietly .venv/bin/python deploy/vendor.py
  mark_done vendor "$key"
}

install_services() {
  if [[ -n ${YIPING_DATABASE_URL:-}${YIPING_DATABASE_URL_FILE:-} && -n ${YIPING_REDIS_URL:-}${YIPING_REDIS_URL_FILE:-} &&
        -n ${YIPING_MQTT_URL:-}${YIPING_MQTT_URL_FILE:-} ]]; then return; fi
  # Database programs refuse to start without the world's time zones.
  [[ -e /usr/share/zoneinfo/UTC ]] || apt_install tzdata
  local key
  key=$(digest /etc/os-release deploy/local/archive.py deploy/local/programs.py <(pwd))
  is_done services "$key" && return
  say "private TimescaleDB, Redis and Mosquitto"
  quietly .venv/bin/python -m deploy.local obtain
  mark_done services "$key"
}

install_test_browser() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  [[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]] || missing+=(fonts-noto-cjk)
  [[ ${#missing[@]} == 0 ]] || apt_install "${missing[@]}"
}

install_python
install_browser_files
install_services
if $want_tests; then install_test_browser; fi
