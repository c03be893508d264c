#!/bin/sh
# Draws every icon again from icons/*.svg. The results are committed: building Canteen needs none of these tools.
set -eu
cd "$(dirname "$0")/../../../../icons"

for tool in rsvg-convert python3; do
  command -v "$tool" >/dev/null || { echo "icons: $tool is missing. On Debian or Ubuntu: apt-get install librsvg2-bin python3" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for size in 16 24 32 48 64 128 256 512 1024; do
  rsvg-convert --width "$size" --height "$size" canteen.svg --output "$work/$size.png"
done
for size in 32 128 256 512; do cp "$work/$size.png" "$size.png"; done

# Both containers hold PNG files since Windows Vista and OS X 10.7.
python3 - "$work" <<'PYTHON'
import pathlib, struct, sys
work = pathlib.Path(sys.argv[1])
png = {int(p.stem): p.read_bytes() for p in work.glob("*.png")}
# 32 first: tauri-build shows the first one in development.
sizes = [32, 16, 24, 48, 64, 256]
offset, entries = 6 + 16 * len(sizes), b""
for s in sizes:
    entries += struct.pack("<BBBBHHII", s % 256, s % 256, 0, 0, 1, 32, len(png[s]), offset)
    offset += len(png[s])
pathlib.Path("canteen.ico").write_bytes(struct.pack("<HHH", 0, 1, len(sizes)) + entries + b"".join(png[s] for s in sizes))
kinds = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024,
         b"ic11": 32, b"ic12": 64, b"ic13": 256, b"ic14": 512}
body = b"".join(k + struct.pack(">I", 8 + len(png[s])) + png[s] for k, s in kinds.items())
pathlib.Path("canteen.icns").write_bytes(b"icns" + struct.pack(">I", 8 + len(body)) + body)
PYTHON

# plate: the ground behind the mark; frame: its edge; ink: the mark. States differ by the mark, so also without colour.
draw() { # state look plate frame ink
  style="<style>.mark,.line{fill:none;stroke:$5;stroke-linecap:round;stroke-linejoin:round}.mark{stroke-width:4.4}.line{stroke-width:3.4}.fill{fill:$5}</style>"
  ground="<rect x=\"3.25\" y=\"3.25\" width=\"37.5\" height=\"37.5\" rx=\"10.5\" fill=\"$3\" stroke=\"$4\" stroke-width=\"2.5\"/>"
  sed "s|<title>|$style$ground<title>|" "tray/source/$1.svg" >"$work/mark.svg"
  mkdir -p "tray/$2"
  # Twice the usual 22, so that panels of dense displays have enough and others halve it exactly.
  rsvg-convert --width 44 --height 44 "$work/mark.svg" --output "tray/$2/$1.png"
}

for state in idle running attention paused stale offline; do
  case $state in
    attention) draw $state on-light '#a86400' '#a86400' '#ffffff'; draw $state on-dark '#f3b04d' '#f3b04d' '#2b1b00' ;;
    paused | stale) draw $state on-light '#5f675f' '#5f675f' '#ffffff'; draw $state on-dark '#aeb6af' '#aeb6af' '#1c221e' ;;
    offline) draw $state on-light '#ffffff' '#5f675f' '#3a403b'; draw $state on-dark '#1c221e' '#aeb6af' '#e6eae7' ;;
    *) draw $state on-light '#1f6f4a' '#1f6f4a' '#ffffff'; draw $state on-dark '#5cc796' '#5cc796' '#0d2418' ;;
  esac
  # One colour, for more contrast and for macOS, which takes the ink as a template: a frame, and the mark in it.
  draw $state ink none '#1d2420' '#1d2420'
  draw $state chalk none '#f2f4f1' '#f2f4f1'
done
echo "icons: drawn"
