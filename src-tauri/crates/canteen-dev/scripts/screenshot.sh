#!/bin/sh
# make screenshot: starts the real app with a demo company under a display that nobody sees, and renews ui/docs/window.png; then has
# the tests of the screens leave a picture of each, in light and dark, empty and closed, in ui/docs/screens.
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

"$scripts/packages.sh" test
"$scripts/tools.sh" run
"$scripts/ui.sh"
say "Building Canteen"
cargo build --quiet --workspace --bins --tests || fail "Canteen could not be built. What is wrong stands above."
picture=$PWD/ui/docs/window.png
mkdir -p "${picture%/*}"
real_home=$HOME
. "$scripts/desktop.sh"

say "Opening the window"
open_app
waited 30 "the window" xdotool search --onlyvisible --name '^Canteen$'
xdotool windowmove "$(window)" 0 0 windowsize "$(window)" 1160 780

# Something to see: one model is installed and has answered.
waited 20 "the catalogue" "$bin/canteen" sync
"$bin/canteen" install smollm2-135m-instruct >/dev/null
"$bin/canteen" run smollm2-135m-instruct "Say hello." >/dev/null || say "no model answered; the picture shows none running"
waited 30 "the window to be painted" painted

# When two pictures in a row are the same, nothing moves any more.
before=
left=25
while [ $left -gt 0 ]; do
  sleep 0.4
  import -window root "$work/shot.png"
  now=$(sha256sum <"$work/shot.png")
  [ "$now" = "$before" ] && break
  before=$now
  left=$((left - 1))
done
convert "$work/shot.png" -strip -define png:compression-level=9 "$picture"
"$bin/canteen" quit >/dev/null 2>&1 || true
say "ui/docs/window.png renewed"

say "A picture of each screen"
mkdir "$work/screens"
HOME=$real_home CANTEEN_PICTURES=$work/screens cargo test --quiet -p canteen-tests --test window screens:: -- --test-threads=1 >"$work/screens.log" 2>&1 ||
  { cat "$work/screens.log" >&2; fail "A screen is not as it should be. What is wrong stands above."; }
rm -rf ui/docs/screens
mkdir -p ui/docs/screens
for shot in "$work"/screens/*.png; do
  name=${shot##*/}
  # Some show where the test's folders lay; every screen with a store that stays closed looks the same.
  case $name in
    catalogue-closed.png) ;;
    *-closed.png | settings-models-* | settings-catalogue-*) continue ;;
  esac
  # The window without the display around it.
  convert "$shot" -crop 1160x780+0+0 +repage -strip -quality 70 -define webp:method=6 "ui/docs/screens/${name%.png}.webp"
done
{
  echo "# Every screen"
  echo
  echo "Made by \`make screenshot\` from the tests of the real window. Do not edit."
  for picture in ui/docs/screens/*.webp; do
    name=${picture##*/}
    printf '\n## %s\n\n![%s](%s)\n' "${name%.webp}" "${name%.webp}" "$name"
  done
} >ui/docs/screens/README.md
say "ui/docs/screens renewed"
