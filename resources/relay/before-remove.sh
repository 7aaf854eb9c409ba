#!/bin/sh
# Before the files go. An update stops nothing: the new version restarts the relay when it is there.
set -e

if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop natter-relay.service > /dev/null || true
fi
exit 0
