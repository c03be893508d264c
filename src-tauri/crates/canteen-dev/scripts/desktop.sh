# Read by screenshot.sh and figures.sh: a desktop that nobody sees, with its own display, session bus, keyring and home, and a
# demo company in it. All of it goes at the end, however that comes. Wants $bin.

work=$(mktemp -d)
started=
end() {
  for process in $started; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

waited() { # seconds what command...
  left=$(($1 * 20)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ $left -le 0 ]; then
      tail -n 5 "$work"/*.log >&2 2>/dev/null || true
      fail "waited too long for $what."
    fi
    sleep 0.05
  done
}

say "Setting up a demo company of its own"
"$bin/canteen-dev" demo --home "$work/canteen" 2>"$work/demo.log" || { cat "$work/demo.log" >&2; exit 1; }

mkdir -m 700 "$work/home" "$work/run"
export HOME="$work/home" XDG_RUNTIME_DIR="$work/run" CANTEEN_HOME="$work/canteen" LANG=en_US.UTF-8 NO_AT_BRIDGE=1
unset LC_ALL LANGUAGE WAYLAND_DISPLAY XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME

# The server picks a free display and says which.
Xvfb -displayfd 3 -screen 0 1160x780x24 -nolisten tcp -noreset 3>"$work/display" 2>"$work/xvfb.log" &
started="$! $started"
waited 10 "the display" test -s "$work/display"
DISPLAY=:$(cat "$work/display")
export DISPLAY

dbus-daemon --session --nofork --print-address=3 3>"$work/bus" 2>"$work/bus.log" &
started="$! $started"
waited 10 "the session bus" test -s "$work/bus"
DBUS_SESSION_BUS_ADDRESS=$(cat "$work/bus")
export DBUS_SESSION_BUS_ADDRESS
printf demo | gnome-keyring-daemon --unlock --foreground --components=secrets >"$work/keyring.log" 2>&1 &
started="$! $started"
waited 10 "the keyring" sh -c 'dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true'

# Starts the app in the background; $app is its process.
open_app() {
  "$bin/canteen-desktop" "$@" >>"$work/app.log" 2>&1 &
  app=$!
  started="$app $started"
}

window() { xdotool search --onlyvisible --name '^Canteen$' | head -n 1; }

# A blank window has two colours; anything with text has dozens.
painted() { [ "$(import -window root png:- | identify -format %k -)" -gt 50 ]; }
