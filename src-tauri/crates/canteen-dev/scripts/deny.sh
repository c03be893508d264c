#!/bin/sh
# Checks licences, sources and banned packages with cargo-deny, and installs it where it is missing.
set -eu
. "$(dirname "$0")/common.sh"

PATH=$PATH:$cache/tools/bin
if ! has cargo-deny; then
  say "Installing cargo-deny into $cache/tools (four minutes, once)"
  # CARGO_TARGET_DIR would mix its packages with ours.
  CARGO_TARGET_DIR=$cache/tools/target cargo install --quiet --locked --root "$cache/tools" cargo-deny ||
    fail "cargo-deny could not be installed. Check the network, then run make again."
  rm -rf "$cache/tools/target"
fi
cargo-deny --workspace --log-level warn check bans licenses sources || fail "cargo-deny objects. To what stands above."

# The list of known weaknesses is a git repository of its own that not every network reaches; it is never fetched from here.
if [ -d "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs" ]; then
  cargo-deny --offline --workspace --log-level warn check advisories || fail "a package has a known weakness. Which stands above."
else
  say "Known weaknesses of packages: skipped, no list on this computer (cargo deny fetch db)"
fi
