#!/bin/sh
# After the files are there. dpkg calls it with a word.
set -e

unit=natter-relay.service
case "$1" in
  configure | abort-upgrade | abort-deconfigure | abort-remove)
    deb-systemd-helper unmask "$unit" > /dev/null || true
    # What somebody switched off stays off over an update.
    if deb-systemd-helper --quiet was-enabled "$unit"; then
      deb-systemd-helper enable "$unit" > /dev/null || true
    else
      deb-systemd-helper update-state "$unit" > /dev/null || true
    fi
    if [ -d /run/systemd/system ]; then
      systemctl --system daemon-reload > /dev/null || true
      deb-systemd-invoke restart "$unit" > /dev/null || true
    fi
    ;;
esac
exit 0
