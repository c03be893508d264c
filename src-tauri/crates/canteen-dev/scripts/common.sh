# Read by the other scripts: where things lie, and how they speak. Run from the top of the repository.

# Builds lie outside the checkout, so that a fresh clone is quick too. A variable that is set wins.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/canteen
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export CARGO_TARGET_DIR
bin=$CARGO_TARGET_DIR/debug

# The demo company has a home of its own and never touches the data of a Canteen that is in real use.
demo=${CANTEEN_DEMO:-${XDG_DATA_HOME:-$HOME/.local/share}/canteen-demo}

say() { printf '\033[1m· %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '· %s\n' "$*"; }

# One sentence on standard error, and the end.
fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif has sudo; then sudo "$@"; else
    fail "this needs an administrator and there is no sudo. Run as root: $*"
  fi
}

# at_least 1.95 1.100.2: true when the second version is not older than the first.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}
