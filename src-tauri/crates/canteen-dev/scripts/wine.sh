#!/bin/sh
# Runs the tests of canteen-watch as a Windows program: its sensor lists real processes and names who maps a model. Needs a wine64 of
# the system (apt-get install wine64) and what `make check-platforms` has unpacked. Not tested so: who has a file open and not mapped
# (Wine's Restart Manager answers nothing), and whose a server is. Not part of `make test`: the standard library is built for it.
#
#   wine.sh [name of a test]
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

place=$cache/platforms
[ -x "$place/rustweb/usr/bin/rustc" ] || fail "run make check-platforms first: it unpacks the compiler."
# Debian keeps the program out of the way, for its `wine` script.
wine=${WINE:-$(command -v wine64 || echo /usr/lib/wine/wine64)}
[ -x "$wine" ] || fail "there is no wine64: apt-get install wine64."

target=x86_64-pc-windows-gnu
tests=${WINE_PLACE:-$place/wine}
mkdir -p "$tests/run"
(
  export LD_LIBRARY_PATH="$place/rustweb/usr/lib/x86_64-linux-gnu" RUSTC="$place/rustweb/usr/bin/rustc" RUSTC_BOOTSTRAP=1
  export CARGO_TARGET_DIR="$tests/target" CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc
  unset __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS CARGO_UNSTABLE_FEATURE_UNIFICATION CARGO_RESOLVER_FEATURE_UNIFICATION
  say "Building the tests of canteen-watch for Windows"
  cargo test --quiet --no-run -Z build-std=std,panic_abort,panic_unwind,test --target $target -p canteen-watch --lib
  built=$(ls -t "$CARGO_TARGET_DIR/$target"/debug/deps/canteen_watch-*.exe | head -n 1)
  cp "$built" "$tests/run/canteen_watch.exe"
)

# Rust's standard library takes random numbers from a library that Wine 8 lacks.
cat >"$tests/random.c" <<'RANDOM'
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, unsigned long long length) {
  return SystemFunction036(to, (unsigned long)length);
}
RANDOM
x86_64-w64-mingw32-gcc -shared -o "$tests/run/bcryptprimitives.dll" "$tests/random.c" -ladvapi32

say "Running them under $("$wine" --version)"
cd "$tests/run"
WINEPREFIX="$tests/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe=" \
  "$wine" ./canteen_watch.exe "$@"
