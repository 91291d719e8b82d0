#!/bin/sh
# Installs Homeport from this checkout onto this machine (or below $DESTDIR): the programs with their Node, the services,
# and the user that they run as. Safe to run again: that is an upgrade.
set -eu
cd "$(dirname "$0")/.."
root=${DESTDIR:-}
lib=$root/usr/lib/homeport

say() { echo "install: $*"; }
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo "install: run as root, or set DESTDIR" >&2
  exit 1
fi

install -d "$lib/bin" "$lib/dist/chunks" "$lib/node_modules/.bin" "$root/usr/bin" "$root/lib/systemd/system"
install -m 755 bin/homeport "$lib/bin/homeport"
rm -f "$lib"/dist/chunks/*
install -m 644 dist/*.js dist/*.cjs dist/*.cache "$lib/dist/"
install -m 644 dist/chunks/*.js "$lib/dist/chunks/"
install -m 644 package.json ARCHITECTURE.md LICENSE "$lib/"
# Node 24, whatever the distribution has. A copy under another name first: the one in use may be running.
install -m 755 "$(readlink -f node_modules/.bin/node)" "$lib/node_modules/.bin/node.new"
mv "$lib/node_modules/.bin/node.new" "$lib/node_modules/.bin/node"
ln -sf ../lib/homeport/bin/homeport "$root/usr/bin/homeport"
install -m 644 deploy/systemd/*.service "$root/lib/systemd/system/"
install -d -m 755 "$root/etc/homeport" "$root/etc/homeport/haproxy.d"

if [ -z "$root" ]; then
  id homeport >/dev/null 2>&1 || useradd --system --home-dir /var/lib/homeport --shell /usr/sbin/nologin homeport
  if command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
fi
say "homeport $("$lib/bin/homeport" --version) is installed"
say "ports from 32768 up: reserve them first with net.ipv4.ip_local_reserved_ports (docs/configuration.md)"
say "next: systemctl enable --now homeport-haproxy homeport-edge"
