#!/bin/sh
# make check-platforms: type-checks the workspace for Windows and macOS on Linux. No foreign standard library is packaged, so
# it is built from the source that Debian ships with rustc-web. A type check only: nothing is linked, and C code is replaced by
# empty objects. The bindings of llama.cpp are made from its own headers, but for macOS with the C types of Linux.
# A warning of our own code fails too.
#
# With arguments, only those packages: check-platforms.sh -p canteen-os -p canteen-watch
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

"$scripts/packages.sh" platforms
"$scripts/tools.sh" run
"$scripts/ui.sh"

place=$cache/platforms
mkdir -p "$place"
if [ ! -x "$place/rustweb/usr/bin/rustc" ]; then
  say "Fetching and unpacking the compiler whose standard library comes as source (140 MB, 1 GB unpacked)"
  (
    cd "$place"
    # Unpacked and not installed: it conflicts with a packaged rustc.
    apt-get download -q rustc-web libstd-rust-web-1.96 libstd-rust-web-dev rust-web-src libllvm22 ||
      fail "apt-get found no rustc-web 1.96. It is in the updates of Debian 12; other systems cannot run this check."
    for package in *.deb; do dpkg -x "$package" rustweb; done
    rm -f ./*.deb
  )
fi

# Empty objects and archives in place of C.
mkdir -p "$place/stub"
printf '' | cc -x c -c - -o "$place/stub/empty.o"
cat >"$place/stub/cc" <<'STUB'
#!/bin/sh
here=$(dirname "$0")
while [ $# -gt 0 ]; do
  case $1 in
    -o) cp "$here/empty.o" "$2"; exit 0 ;;
    --version) echo 'clang version 17.0.0'; exit 0 ;;
    -E) exec cc -E -x c - </dev/null ;;
  esac
  shift
done
STUB
cat >"$place/stub/ar" <<'STUB'
#!/bin/sh
for word in "$@"; do
  case $word in *.a) printf '!<arch>\n' >"$word" ;; esac
done
STUB
# llama.cpp's build looks for at least one library when cmake is done.
cat >"$place/stub/cmake" <<'STUB'
#!/bin/sh
mkdir -p "$OUT_DIR/lib" && printf '!<arch>\n' >"$OUT_DIR/lib/libllama.a"
STUB
chmod +x "$place/stub/cc" "$place/stub/ar" "$place/stub/cmake"

# SQLCipher looks for OpenSSL's headers and library on Windows; an empty one is enough where nothing is linked.
mkdir -p "$place/openssl/lib" "$place/openssl/include"
for name in libcrypto.a libcrypto.lib libcrypto.dll.a libeay32.lib; do printf '!<arch>\n' >"$place/openssl/lib/$name"; done

export LD_LIBRARY_PATH="$place/rustweb/usr/lib/x86_64-linux-gnu" RUSTC="$place/rustweb/usr/bin/rustc" RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR="$place/target" SDKROOT=/ OPENSSL_DIR="$place/openssl" OPENSSL_NO_VENDOR=1 AWS_LC_SYS_NO_ASM=0
unset __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS CARGO_UNSTABLE_FEATURE_UNIFICATION CARGO_RESOLVER_FEATURE_UNIFICATION
for target in x86_64_pc_windows_gnu aarch64_apple_darwin; do
  export "CC_$target=$place/stub/cc" "CXX_$target=$place/stub/cc" "AR_$target=$place/stub/ar" "CMAKE_$target=$place/stub/cmake"
done
# There are no headers of macOS here; both are LP64 with a signed char.
export BINDGEN_EXTRA_CLANG_ARGS_aarch64_apple_darwin=--target=x86_64-unknown-linux-gnu
export BINDGEN_EXTRA_CLANG_ARGS_x86_64_pc_windows_gnu="-isystem $(x86_64-w64-mingw32-gcc -print-file-name=include)"

[ $# -gt 0 ] || set -- --workspace
for target in ${PLATFORMS:-x86_64-pc-windows-gnu aarch64-apple-darwin}; do
  say "Checking for $target: $*"
  cargo check --quiet -Z warnings --config 'build.warnings="deny"' -Z build-std=std,panic_abort,panic_unwind --target "$target" "$@" ||
    fail "the workspace does not check for $target. Why stands above."
done
say "It checks. Nothing was linked, and no C or C++ was compiled."
