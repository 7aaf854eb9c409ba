#!/usr/bin/env bash
# Installs what a bare Debian or Ubuntu lacks for running and testing Natter from source.
# Safe to run again: it asks apt only for what is missing.
#
#   resources/tools/install-system.sh                   what Electron, its tests, the NAT tests and those in a desktop session need
#   resources/tools/install-system.sh --with-chromium   also Chromium, for the renderer's test in a current browser
#   resources/tools/install-system.sh --with-packaging  also what makes packages and judges them
set -euo pipefail

fail() { echo "install-system: $*" >&2; exit 1; }

with_chromium=no
with_packaging=no
for argument in "$@"; do
  case "$argument" in
    --with-chromium) with_chromium=yes ;;
    --with-packaging) with_packaging=yes ;;
    *) fail "unknown option $argument; there are --with-chromium and --with-packaging" ;;
  esac
done

command -v apt-get >/dev/null || fail 'this script knows Debian and Ubuntu only (no apt-get here); README.md lists the libraries.'

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail 'run it as root, or install sudo.'
  as_root=(sudo)
fi

# Each line: alternatives, the first that this release of the distribution knows is taken
# (Ubuntu 24.04 and Debian 13 renamed libraries with 64-bit time to ...t64).
wanted='
libgtk-3-0t64 libgtk-3-0
libasound2t64 libasound2
libatk1.0-0t64 libatk1.0-0
libatk-bridge2.0-0t64 libatk-bridge2.0-0
libatspi2.0-0t64 libatspi2.0-0
libcups2t64 libcups2
libnss3
libgbm1
libdrm2
libxss1
libxtst6
libxkbcommon0
libnotify4
libsecret-1-0
xdg-utils
xvfb
xauth
dbus
dbus-x11
gnome-keyring
openbox
dunst
xfce4-panel
xdotool
wmctrl
systemd
libglib2.0-bin
desktop-file-utils
fonts-noto-core fonts-dejavu-core
fonts-noto-color-emoji
fonts-droid-fallback
nftables
iproute2
iputils-ping
openssl
tinyproxy
miniupnpd-nftables
pebble
unzip
protobuf-compiler
ca-certificates
util-linux
'
[ "$with_chromium" = yes ] && wanted+=$'chromium chromium-browser\n'
[ "$with_packaging" = yes ] && wanted+='
7zip
appstream
buildah
debootstrap
desktop-file-utils
flatpak-builder
groff
librsvg2-bin
lintian
rpm
systemd-container
'

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# A real package of this release; names that only other packages provide have no candidate.
is_known() {
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null)
  [[ $policy == *Candidate:* && $policy != *'Candidate: (none)'* ]]
}

missing() {
  local line name
  while read -r line; do
    [ -n "$line" ] || continue
    for name in $line; do is_installed "$name" && continue 2; done
    echo "$line"
  done <<<"$wanted"
}

lines=$(missing)
if [ -z "$lines" ]; then
  echo 'install-system: everything is here already.'
  exit 0
fi

"${as_root[@]}" apt-get update -qq
packages=()
while read -r line; do
  chosen=
  for name in $line; do
    if is_known "$name"; then chosen=$name; break; fi
  done
  [ -n "$chosen" ] || fail "this release of the distribution has none of: $line"
  packages+=("$chosen")
done <<<"$lines"

echo "install-system: installing ${packages[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
echo 'install-system: done.'
