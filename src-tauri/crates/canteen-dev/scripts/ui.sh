#!/bin/sh
# Installs the window's npm packages when the lock file changed, and builds it when anything of it changed.
set -eu
. "$(dirname "$0")/common.sh"
cd ui

# Stamps lie in node_modules, which git does not see and which goes when somebody starts over.
stamp=node_modules/.canteen
lock=$(cat package-lock.json | sha256sum)$(node --version)
if [ "$(cat $stamp-lock 2>/dev/null || true)" != "$lock" ]; then
  say "Installing the window's npm packages from the lock file"
  npm ci --no-audit --no-fund --loglevel=error >/dev/null || fail "npm could not install the packages of ui/package-lock.json. Check the network, then run make again."
  printf %s "$lock" >$stamp-lock
fi

sources=$(find . \( -name node_modules -o -name dist -o -name docs \) -prune -o -type f -print | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum)
if [ ! -f dist/index.html ] || [ "$(cat $stamp-built 2>/dev/null || true)" != "$sources" ]; then
  say "Building the window"
  npm run --silent build -- --logLevel error || fail "the window could not be built. What is wrong stands above."
  printf %s "$sources" >$stamp-built
fi
