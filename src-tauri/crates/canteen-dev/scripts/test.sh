#!/bin/sh
# make test: everything that must hold before a change is taken. Each step says what it does; the first that fails ends it.
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

"$scripts/packages.sh" test
"$scripts/tools.sh" test
"$scripts/ui.sh"

# The window's tests need a real language: WebKit makes of C.UTF-8 one that no Intl function takes.
unset LC_ALL LANGUAGE
if ! locale -a | grep -qi '^en_US.utf-\?8$'; then
  say "Making the locale en_US.UTF-8"
  as_root localedef -i en_US -f UTF-8 en_US.UTF-8
fi
export LANG=en_US.UTF-8

say "Formatting"
cargo fmt --all --check || fail "some Rust files are not formatted. Put that right with: cargo fmt --all"

say "The window: types, rules, format, tests"
(
  cd ui
  for check in check lint format:check test; do
    npm run --silent "$check" || fail "npm run $check failed in ui. What is wrong stands above."
  done
)

say "Building every program and every test"
# In one go: tests ask some packages for more features, and two builds would compile what depends on those twice.
cargo build --quiet --workspace --bins --tests || fail "Canteen could not be built. What is wrong stands above."

say "The tests"
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --workspace --no-fail-fast --status-level slow --final-status-level fail || fail "tests failed. Which stands above."
else
  say "cargo-nextest is not installed, so cargo runs them by itself, which is slower"
  cargo test --quiet --workspace --all-targets --no-fail-fast || fail "tests failed. Which stands above."
fi

say "The examples in the documentation"
cargo test --quiet --workspace --doc || fail "an example in the documentation does not hold. Which stands above."

say "Lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings || fail "clippy objects. To what stands above."

say "The documentation"
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --workspace --no-deps --document-private-items || fail "the documentation has faults. Which stands above."

say "Licences, sources and banned packages"
"$scripts/deny.sh"

say "Everything holds."
