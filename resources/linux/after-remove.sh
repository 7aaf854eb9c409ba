#!/bin/sh
# After the files are gone. dpkg calls it with a word, rpm with the number of copies that are left.
set -e

profile='/etc/apparmor.d/${executable}'
case "$1" in
  remove | purge | 0)
    if [ -f "$profile" ]; then
      if [ -d /sys/module/apparmor ] && command -v apparmor_parser > /dev/null &&
        ! { command -v ischroot > /dev/null && ischroot; }; then
        apparmor_parser --remove "$profile" || true
      fi
      rm -f "$profile"
    fi
    if command -v update-desktop-database > /dev/null; then
      update-desktop-database -q /usr/share/applications || true
    fi
    ;;
esac

case "$1" in
  remove | 0)
    echo 'Natter is removed. What stays is yours: the key and the posts of each person, in ~/.config/${sanitizedProductName}.'
    echo 'Delete that folder to remove them too; without a copy of the key nobody can bring the identity back.'
    ;;
esac
exit 0
