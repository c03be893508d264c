#!/bin/sh
# make figures: builds for release and measures from outside what a closing note reports. Medians of three starts.
# Printed as a table; each line says what was done. Needs a quiet machine.
set -eu
scripts=$(dirname "$0")
. "$scripts/common.sh"

"$scripts/packages.sh" test
"$scripts/tools.sh" run
"$scripts/ui.sh"
say "Building for release (ten minutes and more the first time)"
cargo build --quiet --release --workspace --bins --example bare --example verify || fail "Canteen could not be built. What is wrong stands above."
bin=$CARGO_TARGET_DIR/release
real_home=$HOME
. "$scripts/desktop.sh"

tree() { # the process and all below it
  printf '%s\n' "$1"
  for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do tree "$child"; done
}
pss() { # MiB, shared pages by their share
  for process in $(tree "$1"); do cat "/proc/$process/smaps_rollup" 2>/dev/null || true; done | awk '/^Pss:/ { kib += $2 } END { printf "%d", kib / 1024 }'
}
ticks() { # of computing time, in 10 ms
  for process in $(tree "$1"); do sed 's/.*) //' "/proc/$process/stat" 2>/dev/null || true; done | awk '{ sum += $12 + $13 } END { print sum + 0 }'
}
close_window() { python3 "$scripts/close-window.py" "$1"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
row() { printf '%-62s %s\n' "$1" "$2"; }
quit() {
  "$bin/canteen" quit >/dev/null
  waited 20 "the app to end" sh -c "! kill -0 $app"
}

say "A start with nothing in the system's file cache"
cold="not measured: only an administrator can empty the file cache"
if sync && { echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null; then
  from=$(milliseconds)
  open_app
  waited 120 "the first paint" painted
  cold=$(($(milliseconds) - from))
  quit
fi

say "Three starts"
paints= opens=
for start in 1 2 3; do
  from=$(milliseconds)
  open_app
  waited 60 "the first paint" painted
  paints="$paints $(($(milliseconds) - from))"
  sleep 10
  opens="$opens $(pss "$app")"
  [ $start = 3 ] || quit
done

say "The window destroyed, then a minute at rest"
close_window "$(window)"
waited 20 "the window to go" sh -c '! xdotool search --onlyvisible --name "^Canteen$"'
sleep 10
destroyed=$(pss "$app")
from=$(ticks "$app")
sleep 60
idle=$(($(ticks "$app") - from))
quit

# Lies there before the host starts, so that nobody is seen writing it.
mkdir -p "$HOME/Downloads"
other=$HOME/Downloads/other.gguf
python3 -c '
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[-1] ^= 1
open(sys.argv[2], "wb").write(data)' "$cache/weights/SmolLM2-135M-Instruct.Q4_1.gguf" "$other"
say "Never opened"
open_app --hidden
waited 30 "the host" "$bin/canteen" status
sleep 10
never=$(pss "$app")

say "A model"
waited 30 "the catalogue" "$bin/canteen" sync
"$bin/canteen" install smollm2-135m-instruct >/dev/null
from=$(milliseconds)
"$bin/canteen" run smollm2-135m-instruct "Hello" >/dev/null
first=$(($(milliseconds) - from))
runs=$(pss "$app")
for round in 1 2 3; do
  "$bin/canteen" --json run smollm2-135m-instruct "Explain in a few sentences what a canteen is." >"$work/answer-$round.json"
done
"$bin/canteen" stop smollm2-135m-instruct >/dev/null
weights=$(find "$work/canteen/data/models/blobs" -name 'sha256-*' | head -n 1)
verified=$("$bin/examples/verify" "$work/canteen/data/models" "${weights##*/sha256-}")

say "The same llama.cpp without Canteen"
bare=
for round in 1 2 3; do
  bare="$bare$(OMP_WAIT_POLICY=passive "$bin/examples/bare" "$weights" "$(nproc)" 40 128)
"
done

say "An unapproved model, opened by another program"
# Its digest is known before it is opened, as that of any download that has lain there for a moment.
waited 60 "the watch to know the file" sh -c "'$bin/canteen' --json scan | grep -q '\"verdict\": \"'"
from=$(milliseconds)
python3 -c '
import mmap, sys
file = open(sys.argv[1], "rb")
weights = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
while True:
    sum(weights[::4096])' "$other" &
holder=$!
started="$holder $started"
waited 60 "the nudge" sh -c "'$bin/canteen' --json nudges | grep -q '\"title\"'"
nudged=$(($(milliseconds) - from))
kill "$holder"
quit

say "The web view: a large catalogue, typing while an answer streams in"
HOME=$real_home cargo bench --quiet --profile dev -p canteen-tests --bench window -- "$bin" >"$work/view" 2>"$work/view.log" ||
  { cat "$work/view.log" >&2; fail "The web view could not be measured. What is wrong stands above."; }

say "Model files: headers, digests, all of it in one reading"
HOME=$real_home cargo bench --quiet -p canteen-inspect --bench speed >"$work/speed" 2>"$work/speed.log" ||
  { cat "$work/speed.log" >&2; fail "The reading of model files could not be measured. What is wrong stands above."; }

say "The watch: programs in disguise, decoys, how fast, and what ten minutes at rest take (half an hour)"
HOME=$real_home cargo bench --quiet --profile dev -p canteen-tests --bench watch -- "$bin" >"$work/watch" 2>"$work/watch.log" ||
  { cat "$work/watch.log" >&2; fail "The watch could not be measured. What is wrong stands above."; }
say "The look through a home folder of 200,000 files"
HOME=$real_home cargo bench --quiet -p canteen-watch --bench sweep >"$work/sweep" 2>"$work/sweep.log" ||
  { cat "$work/sweep.log" >&2; fail "The look through a home folder could not be measured. What is wrong stands above."; }

say "Packages"
"$scripts/package.sh" --bin "$bin" --out "$work/packages" >"$work/packages.log" 2>&1 || { cat "$work/packages.log" >&2; exit 1; }
kib() { du -ck --apparent-size "$@" | tail -n 1 | cut -f 1; }

echo
row "first paint, nothing in the file cache (ms)" "$cold"
row "first paint, median of 3 (ms)" "$(median $paints)"
row "PSS with the window open, median of 3 (MiB)" "$(median $opens)"
row "PSS with the window destroyed (MiB)" "$destroyed"
row "PSS with the window never opened (MiB)" "$never"
row "PSS with a model running, no window (MiB)" "$runs"
row "computing time in a minute at rest (ms)" "$((idle * 10))"
row "first question with a verified start (ms)" "$first"
row "a start's check of the file" "$verified"
row "unapproved model opened to nudge, digest known (ms)" "$nudged"
printf '%s' "$bare" | while read -r line; do row "llama.cpp without Canteen" "$line"; done
for round in 1 2 3; do
  row "answer $round, the engine's own figures" "$(python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
print("{first_token_ms} ms to the first token of {prompt_tokens}, then {speed:.1f} tokens/s over {answer_tokens}".format(**answer))' "$work/answer-$round.json")"
done
cat "$work/view"
cat "$work/speed"
cat "$work/watch"
cat "$work/sweep"
row "the window's files (KiB; compressed)" "$(kib ui/dist); $(tar -C ui -c dist | gzip -9 | wc -c | awk '{ print int($1 / 1024) }')"
for package in "$work"/packages/*.deb "$work"/packages/*.rpm; do row "${package##*/} (KiB)" "$(kib "$package")"; done
