#!/bin/sh
# tools.sh run|test: checks the compilers' versions and says what is missing and where to get it.
set -eu
. "$(dirname "$0")/common.sh"

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
has cargo && has rustc ||
  fail "Rust $rust or newer is missing. Get it from https://rustup.rs (or the package rustup where your system has it), open a new terminal, then run make again."
found=$(rustc --version | cut -d ' ' -f 2)
at_least "$rust" "$found" || fail "Rust $rust or newer is needed and this is $found. Update it (rustup update stable), then run make again."

# Vite 8 wants 20.19.
node=20.19
{ has node && has npm; } ||
  fail "Node.js $node or newer with npm is missing. Get it from https://nodejs.org (or a newer nodejs package of your system), then run make again."
found=$(node --version)
at_least "$node" "${found#v}" || fail "Node.js $node or newer is needed and this is $found. Get a newer one from https://nodejs.org, then run make again."

if [ "${1:-}" = test ]; then
  cargo clippy --version >/dev/null 2>&1 || fail "clippy is missing. Get it with: rustup component add clippy"
  cargo fmt --version >/dev/null 2>&1 || fail "rustfmt is missing. Get it with: rustup component add rustfmt"
fi
