#!/bin/sh
# After the files are gone.
set -e

unit=natter-relay.service
state=/var/lib/private/natter-relay
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload > /dev/null || true
fi
case "$1" in
  remove)
    if command -v deb-systemd-helper > /dev/null; then
      deb-systemd-helper mask "$unit" > /dev/null || true
    fi
    if [ -d "$state" ]; then
      echo "The relay is removed. Its key and the history that it kept stay in /var/lib/natter-relay;"
      echo "'apt purge natter-relay' removes them too, and then nobody can bring its peer id back."
    fi
    ;;
  purge)
    if command -v deb-systemd-helper > /dev/null; then
      deb-systemd-helper purge "$unit" > /dev/null || true
      deb-systemd-helper unmask "$unit" > /dev/null || true
    fi
    if [ -d "$state" ]; then
      rm -rf "$state"
      echo "The relay's key and the history that it kept are removed from /var/lib/natter-relay."
    fi
    # systemd's link to it. Anything else there was put by somebody else.
    if [ -L /var/lib/natter-relay ]; then
      rm -f /var/lib/natter-relay
    fi
    # What was put beside the configuration, such as a certificate, is not ours to remove.
    if [ -d /etc/natter-relay ]; then
      rmdir --ignore-fail-on-non-empty /etc/natter-relay
    fi
    ;;
esac
exit 0
