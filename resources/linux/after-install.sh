#!/bin/sh
# After the files are there. dpkg calls it with `configure`, rpm with a number.
# Menu, icons and the natter:// scheme come up to date by the triggers of desktop-file-utils and the icon themes.
set -e

case "$1" in
  configure | [1-9]*) ;;
  *) exit 0 ;;
esac

# The profile is installed only where AppArmor understands it: before version 4 it is not needed, and a profile
# that cannot be read would keep the others from loading.
source='/opt/${sanitizedProductName}/resources/apparmor-profile'
target='/etc/apparmor.d/${executable}'
if [ -d /etc/apparmor.d ] && command -v apparmor_parser > /dev/null &&
  apparmor_parser --skip-kernel-load --skip-cache "$source" > /dev/null 2>&1; then
  cp -f "$source" "$target"
  chmod 644 "$target"
  if [ -d /sys/module/apparmor ] && ! { command -v ischroot > /dev/null && ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache "$target" ||
      echo '${executable}: the AppArmor profile did not load; it is tried again at the next start of the system.' >&2
  fi
fi

# Where the triggers' programs came later than this package.
if command -v update-desktop-database > /dev/null; then
  update-desktop-database -q /usr/share/applications || true
fi
exit 0
