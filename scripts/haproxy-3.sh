#!/bin/sh
# Gives the tests a HAProxy of at least version 3.0 and prints the path of its binary.
#
# Where the machine's own is older, Debian 13's packages are fetched (signed, into a private folder: nothing is installed
# and no root is needed) and the binary is made to use the libraries it came with. Done once; it takes some seconds.
#
# Exit codes: 0, printed; 3, it can't be had here, one line on stderr says why.
set -eu

SUITE=trixie
MIRROR=http://deb.debian.org/debian
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
PATH=$PATH:/usr/sbin:/sbin

cannot() {
  echo "no HAProxy 3 to test with: $1" >&2
  exit 3
}

is_3() {
  "$1" -v 2>/dev/null | grep -Eq '^HAProxy version ([3-9]|[1-9][0-9])\.'
}

own=$(command -v haproxy || true)
if [ -n "$own" ] && is_3 "$own"; then
  echo "$own"
  exit
fi

home=${XDG_CACHE_HOME:-${HOME:?}/.cache}/homeport
kept=$home/haproxy-3.0
if is_3 "$kept/haproxy"; then
  echo "$kept/haproxy"
  exit
fi

for tool in apt-get dpkg-deb flock; do
  command -v "$tool" >/dev/null || cannot "there is no $tool here"
done
[ -r "$KEYRING" ] || cannot "Debian's keys are missing: apt-get install debian-archive-keyring"

mkdir -p "$home"
exec 9>"$home/haproxy-3.0.lock"
flock 9
if is_3 "$kept/haproxy"; then
  echo "$kept/haproxy"
  exit
fi

work=$(mktemp -d "$home/haproxy-3.0.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root" "$work/new"
: >"$work/status"
echo "deb [signed-by=$KEYRING] $MIRROR $SUITE main" >"$work/sources.list"

# Everything that apt keeps lies in $work, so it knows of no installed package and gives every library that is needed.
private_apt() {
  apt-get -q -y \
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o Debug::NoLocking=1 -o APT::Sandbox::User= -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    "$@" >>"$work/log" 2>&1
}
private_apt update || cannot "$MIRROR can't be read"
private_apt --download-only --no-install-recommends install haproxy patchelf || cannot "its packages can't be fetched"

for package in "$work"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$work/root"
done
loader=$(find "$work/root" -name 'ld-linux*.so.*' | head -n 1)
libraries=$(dirname "$(find "$work/root" -name 'libc.so.6' | head -n 1)")
inside() {
  "$loader" --library-path "$libraries" "$@"
}

# The loader by its final path, the libraries beside the binary: it then runs like any other program, also when a
# master process starts itself anew.
binary=$work/new/haproxy
inside --list "$work/root/usr/sbin/haproxy" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | xargs -I{} cp -L {} "$work/new/"
cp -L "$loader" "$work/new/"
cp "$work/root/usr/sbin/haproxy" "$binary"
inside "$work/root/usr/bin/patchelf" --set-interpreter "$kept/$(basename "$loader")" \
  --force-rpath --set-rpath "$kept" "$binary"

rm -rf "$kept"
mv "$work/new" "$kept"
is_3 "$kept/haproxy" || cannot "Debian's binary does not run here"
echo "$kept/haproxy"
