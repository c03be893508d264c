#!/bin/sh
# fuzz.sh [SECONDS [TARGET…]]: fuzzes the readers of canteen-modelfile, every target in turn or only those named, SECONDS each (3600).
# What was found stays in the cache, and the next run goes on from there. The first input that does harm ends it: make it small
# (`cargo +nightly fuzz tmin TARGET FILE`), mend the reader, and keep the input below fuzz/crashers, where the tests read it.
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"
seconds=${1:-3600}
[ $# -eq 0 ] || shift
crate=src-tauri/crates/canteen-modelfile
[ $# -gt 0 ] || set -- $(cd "$crate/fuzz/seeds" && ls)

has rustup || fail "rustup is missing, which has the nightly compiler that fuzzing needs. Get it from https://rustup.rs."
has cargo-fuzz || { say "Installing cargo-fuzz"; cargo install --quiet --locked cargo-fuzz; }
rustup toolchain list | grep -q '^nightly' || { say "Installing the nightly compiler"; rustup toolchain install --profile minimal nightly; }
# They are for the workspace's own compiler, which is not used here.
unset __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS CARGO_UNSTABLE_FEATURE_UNIFICATION CARGO_RESOLVER_FEATURE_UNIFICATION

cd "$crate"
for target in "$@"; do
  found=$cache/fuzz/$target
  mkdir -p "$found"
  # Our own code has no `unsafe`, and more is tried without an address sanitizer; what unpacks has some.
  case $target in packed) sanitizer=address ;; *) sanitizer=none ;; esac
  say "Fuzzing $target for $seconds seconds"
  set -- "$found" "fuzz/seeds/$target"
  [ ! -d "fuzz/crashers/$target" ] || set -- "$@" "fuzz/crashers/$target"
  limits="-max_total_time=$seconds -max_len=32768 -timeout=10 -rss_limit_mb=2048"
  [ ! -f "fuzz/dictionaries/$target.dict" ] || limits="$limits -dict=fuzz/dictionaries/$target.dict"
  # shellcheck disable=SC2086 # words
  nice -n 19 cargo +nightly fuzz run --sanitizer "$sanitizer" --target-dir "$CARGO_TARGET_DIR/fuzz" "$target" "$@" -- \
    $limits -print_final_stats=1 ||
    fail "An input harms $target: it stands below fuzz/artifacts/$target."
done
