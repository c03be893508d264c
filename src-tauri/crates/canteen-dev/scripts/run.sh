#!/bin/sh
# make run: everything from a fresh machine to the open window, with the demo company. Does again only what changed.
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

"$scripts/packages.sh" run
"$scripts/tools.sh" run
"$scripts/ui.sh"

say "Building Canteen (the first time takes ten minutes and more; the engine is C++)"
# All programs at once: the features, and so the compiled packages, are then those of `make test`.
cargo build --quiet --workspace --bins || fail "Canteen could not be built. What is wrong stands above."

say "Setting up the demo company in $demo"
"$bin/canteen-dev" demo --home "$demo" || fail "the demo company could not be set up. Why stands above."

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  fail "there is no display here, so the window cannot open; all else is ready.
  With a display that nobody sees (packages xvfb, xauth and dbus):
    CANTEEN_HOME=$demo xvfb-run --auto-servernum --server-args='-screen 0 1280x800x24' dbus-run-session -- $bin/canteen-desktop
  From the command line, without any display:
    CANTEEN_HOME=$demo $bin/canteen list"
fi

say "Opening Canteen; it stays in the tray when the window closes (CANTEEN_HOME=$demo)"
CANTEEN_HOME=$demo exec "$bin/canteen-desktop"
