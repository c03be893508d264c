#!/bin/sh
# make package: builds for release and makes .deb and .rpm files of Canteen and of IT's canteen-admin.
#
# package.sh [--bin FOLDER] [--out FOLDER] [--only deb|rpm] [--fast]
#   --bin   programs that are built already, instead of a release build
#   --out   where the packages go; without it $CARGO_TARGET_DIR/packages
#   --fast  do not compress: for a test that unpacks them again
#
# One tree is laid out per package, and the distributions' own tools make the files of it: dpkg-shlibdeps and rpmbuild know the
# right name and version of every library that a program needs.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
. "$scripts/common.sh"
root=$(cd "$scripts/../../../.." && pwd)
sources=$root/src-tauri/packaging

bin= out= only= fast=
while [ $# -gt 0 ]; do
  case $1 in
    --bin) bin=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    --fast) fast=yes; shift ;;
    *) fail "package.sh wants --bin FOLDER, --out FOLDER, --only deb|rpm or --fast, and not: $1" ;;
  esac
done

if [ -z "$bin" ]; then
  cd "$root"
  "$scripts/packages.sh" package
  "$scripts/tools.sh" run
  "$scripts/ui.sh"
  say "Building for release (ten minutes and more the first time)"
  cargo build --quiet --release -p canteen-desktop -p canteen-cli -p canteen-engine -p canteen-admin --bins ||
    fail "Canteen could not be built. What is wrong stands above."
  bin=$CARGO_TARGET_DIR/release
fi
out=${out:-$CARGO_TARGET_DIR/packages}
mkdir -p "$out"
out=$(cd "$out" && pwd)
for program in canteen canteen-desktop canteen-engine canteen-admin; do
  [ -x "$bin/$program" ] || fail "$program is not built in $bin. Build it, or leave out --bin."
done

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")
# The same sources make the same packages: files are as old as the last change.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
maintainer=${CANTEEN_MAINTAINER:-The Canteen project <maintainers@canteen.invalid>}
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

put() { # mode from to
  install -D -m "$1" "$2" "$3"
}

# Pages and completions are what the programs say of themselves.
words() { # tree program
  put 644 /dev/null "$1/usr/share/bash-completion/completions/$2"
  "$bin/$2" completions bash >"$1/usr/share/bash-completion/completions/$2"
  put 644 /dev/null "$1/usr/share/zsh/vendor-completions/_$2"
  "$bin/$2" completions zsh >"$1/usr/share/zsh/vendor-completions/_$2"
  put 644 /dev/null "$1/usr/share/fish/vendor_completions.d/$2.fish"
  "$bin/$2" completions fish >"$1/usr/share/fish/vendor_completions.d/$2.fish"
  mkdir -p "$1/usr/share/man/man1"
  "$bin/$2" man-pages "$1/usr/share/man/man1"
  gzip -9n "$1/usr/share/man/man1/"*.1
}

lay_out() { # the trees, as Debian wants them
  tree=$work/canteen
  # The engine is for the host alone and lies beside it, on nobody's search path.
  for program in canteen canteen-desktop canteen-engine; do
    put 755 "$bin/$program" "$tree/usr/lib/canteen/$program"
    strip --strip-unneeded "$tree/usr/lib/canteen/$program"
  done
  mkdir -p "$tree/usr/bin"
  ln -s ../lib/canteen/canteen "$tree/usr/bin/canteen"
  ln -s ../lib/canteen/canteen-desktop "$tree/usr/bin/canteen-desktop"
  put 644 "$sources/canteen-desktop.desktop" "$tree/usr/share/applications/canteen-desktop.desktop"
  for size in 32 128 256 512; do
    put 644 "$root/icons/$size.png" "$tree/usr/share/icons/hicolor/${size}x$size/apps/canteen.png"
  done
  put 644 "$root/icons/canteen.svg" "$tree/usr/share/icons/hicolor/scalable/apps/canteen.svg"
  about=$tree/usr/share/metainfo/app.canteen.desktop.metainfo.xml
  put 644 "$sources/app.canteen.desktop.metainfo.xml" "$about"
  sed -i "s/@VERSION@/$version/; s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)/" "$about"
  put 644 "$sources/canteen.service" "$tree/usr/lib/systemd/user/canteen.service"
  words "$tree" canteen

  tree=$work/canteen-admin
  put 755 "$bin/canteen-admin" "$tree/usr/bin/canteen-admin"
  strip --strip-unneeded "$tree/usr/bin/canteen-admin"
  words "$tree" canteen-admin
}

deb() { # package summary text recommends
  tree=$work/$1
  put 644 "$sources/copyright" "$tree/usr/share/doc/$1/copyright"
  # dpkg-shlibdeps reads a source package's control file from the folder it runs in.
  mkdir -p "$work/source/debian"
  printf 'Source: %s\n\nPackage: %s\nArchitecture: any\n' "$1" "$1" >"$work/source/debian/control"
  programs=$(find "$tree" -type f -perm -u+x)
  libraries=$(cd "$work/source" && dpkg-shlibdeps -O $programs 2>"$work/shlibdeps.log" | sed -n 's/^shlibs:Depends=//p')
  [ -n "$libraries" ] || { cat "$work/shlibdeps.log" >&2; fail "dpkg-shlibdeps found out nothing about $1."; }
  # Opened by name at run time, so no tool finds it.
  [ "$1" = canteen ] && libraries="$libraries, libayatana-appindicator3-1"
  mkdir -p "$tree/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$version" "$(dpkg --print-architecture)"
    printf 'Maintainer: %s\nInstalled-Size: %s\n' "$maintainer" "$(du -sk --exclude=DEBIAN "$tree" | cut -f 1)"
    printf 'Depends: %s\n' "$libraries"
    [ -z "$4" ] || printf '%s\n' "$4"
    printf 'Section: utils\nPriority: optional\nDescription: %s\n%s\n' "$2" "$3"
  } >"$tree/DEBIAN/control"
  (cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  dpkg-deb ${fast:+-Znone} --root-owner-group --build "$tree" "$out" >/dev/null
  rm -r "$tree/DEBIAN" "$tree/usr/share/doc"
}

rpm() {
  for package in canteen canteen-admin; do
    tree=$work/$package
    mv "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/zsh/site-functions"
    put 644 "$root/LICENSE" "$tree/usr/share/licenses/$package/LICENSE"
    # Folders of other packages are not ours; our own go with us.
    (cd "$tree" && find . \( -type f -o -type l \) -printf '/%P\n') >"$work/$package.files"
  done
  printf '%%dir /usr/lib/canteen\n%%dir /usr/share/licenses/canteen\n' >>"$work/canteen.files"
  printf '%%dir /usr/share/licenses/canteen-admin\n' >>"$work/canteen-admin.files"
  payload=w7.zstdio
  [ -z "$fast" ] || payload=w0.ufdio
  rpmbuild --quiet -bb --define "_topdir $work/rpm" --define "_rpmdir $out" --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
    --define "version_ $version" --define "tree $work" --define "payload $payload" \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
    "$sources/canteen.spec" 2>"$work/rpm.log" || { cat "$work/rpm.log" >&2; fail "rpmbuild did not make the .rpm files."; }
}

lay_out
if [ "$only" != rpm ] && has dpkg-shlibdeps; then
  say "Making the .deb files"
  deb canteen 'approved language models on this computer' " Your company's menu of language models, on your own computer: pick an
 approved model, run it locally in a locked-down process, and chat. Nothing
 you type leaves the machine." "Recommends: gnome-keyring | kwalletmanager | keepassxc
Suggests: gnome-shell-extension-appindicator"
  deb canteen-admin 'signs and publishes a catalogue of language models' ' For IT: keys, entries and rules of a Canteen catalogue, and its publication
 as a folder of signed files.' ''
elif [ "$only" = deb ]; then
  fail "dpkg-shlibdeps is missing, so no .deb can be made. Install dpkg-dev."
fi
if [ "$only" != deb ] && has rpmbuild; then
  say "Making the .rpm files"
  rpm
elif [ "$only" = rpm ]; then
  fail "rpmbuild is missing, so no .rpm can be made. Install rpm (Debian) or rpm-build (Fedora)."
fi
say "The packages lie in $out"
