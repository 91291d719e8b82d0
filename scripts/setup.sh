#!/bin/sh
# Gets everything that `make demo` and `make test` need: the npm packages (Node 24 is one of them), and HAProxy, Mosquitto
# and curl from the distribution. Says nothing and takes no time when all is there. Two at once wait for each other.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

# With --to-build, only what the programs are built with; with --to-run, also what Homeport itself needs, and in neither what
# its demo and tests need; with --with-cluster, also what the tests' own Kubernetes cluster needs (test/cluster); with
# --with-conformance, also what Kubernetes' own tests need there.
to_build=
to_run=
with_cluster=
with_conformance=
case ${1:-} in
  --to-build) to_build=yes ;;
  --to-run) to_run=yes ;;
  --with-cluster) with_cluster=yes ;;
  --with-conformance) with_cluster=yes with_conformance=yes ;;
esac

say() { echo "setup: $*" >&2; }
fail() {
  say "$*"
  exit 1
}
# What the program that failed printed, then the one clear line.
show_log() {
  tail -n 20 "$log" >&2
  fail "$*"
}
has() { command -v "$1" >/dev/null 2>&1; }

# What the tests' Kubernetes is built with: a Go that can fetch the one it takes (the distribution's is often older), or pip,
# with which test/cluster/assets.sh fetches one.
has_go() {
  case $(go env GOVERSION 2>/dev/null) in
    go1.2[1-9]* | go1.[3-9][0-9]*) true ;;
    *) false ;;
  esac
}
has_pip() { python3 -c 'import importlib.util as u; exit(not u.find_spec("pip"))' 2>/dev/null; }

# `npm ci` writes this file last, so it is not there after one that was interrupted.
# shellcheck disable=SC3013 # both dash and bash have -nt
npm_packages_current() {
  [ -e node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]
}

# The distribution's packages that are missing, by the programs that they bring.
missing_packages() {
  if [ -z "$to_build" ]; then has haproxy || echo haproxy; fi
  if [ -z "$to_build$to_run" ]; then
    has mosquitto || echo mosquitto
    has mosquitto_pub || echo mosquitto-clients
    has curl || echo curl
    has openssl || echo openssl
    has python3 || echo python3
    has_go || has_pip || echo python3-pip
  fi
  if [ -n "$with_cluster" ]; then
    has containerd || echo containerd
    has runc || echo runc
    has iptables || echo iptables
    has nft || echo nftables
    has conntrack || echo conntrack
    has socat || echo socat
    has ethtool || echo ethtool
    has ip || echo iproute2
    has sysctl || echo procps
    has mount || echo mount
  fi
  if [ -n "$with_conformance" ]; then has debootstrap || echo debootstrap; fi
  # Only to run `npm ci` with: a Node that is too old for Homeport will do.
  npm_packages_current || has npm || echo nodejs npm
}

missing=$(missing_packages | tr '\n' ' ')
if [ -z "$missing" ] && npm_packages_current; then exit; fi

# Locks this very file, so that no other is left lying about.
if has flock; then
  exec 9<scripts/setup.sh
  flock 9
  missing=$(missing_packages | tr '\n' ' ')
fi

log=$(mktemp)
borrowed=
policy=
cleanup() {
  rm -rf "$log" "$borrowed"
  if [ -n "$policy" ]; then $as_root rm -f "$policy"; fi
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

as_root=
apt_install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    --no-install-recommends install "$@" >"$log" 2>&1 </dev/null
}

# Debian starts a service as soon as its package is in. Ours start what they need by themselves, on ports of their own, so
# the installation is told to start none (policy-rc.d), and none of the new ones comes up with the next boot.
start_no_services() {
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
  fi
}
keep_off() {
  for service in haproxy mosquitto containerd; do
    case " $missing " in
      *" $service "*) if has systemctl; then $as_root systemctl disable "$service" >/dev/null 2>&1 || :; fi ;;
    esac
  done
}

if [ -n "$missing" ]; then
  has apt-get || fail "missing: ${missing% }. There is no apt-get here: install them yourself, then run this again."
  if [ "$(id -u)" != 0 ]; then
    as_root='sudo -n'
    $as_root true 2>/dev/null || fail "missing: ${missing% }. Run as root: apt-get install ${missing% }"
  fi
  say "installing ${missing% } (apt-get)"
  start_no_services
  # The first try serves where apt's lists are there and fresh. (SC2086: $missing is a list of words.)
  # shellcheck disable=SC2086
  apt_install $missing || { $as_root apt-get -q update >/dev/null 2>&1 && apt_install $missing; } ||
    show_log "apt-get could not install ${missing% }"
  keep_off
fi

# npm leaves out optional packages that do not take the Node it runs on (vitest's own among them), so it gets the one that
# the packages are for.
borrow_node() {
  version=$(sed -n 's/^ *"node": "\([0-9.]*\)",*$/\1/p' package.json)
  case $(uname -m) in
    x86_64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) fail "there is no npm package with Node 24 for $(uname -m)" ;;
  esac
  package=node-$(uname -s | tr '[:upper:]' '[:lower:]')-$cpu
  npm install --prefix "$borrowed" --no-save --ignore-scripts --loglevel=error "$package@$version" >"$log" 2>&1 </dev/null ||
    show_log "npm could not install $package@$version"
  PATH=$borrowed/node_modules/$package/bin:$PATH
}

if ! npm_packages_current; then
  say "installing the npm packages (npm ci)"
  borrowed=$(mktemp -d)
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 24 ] || borrow_node
  npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1 </dev/null || show_log "npm ci failed"
fi

node_modules/.bin/node --version >/dev/null 2>&1 ||
  fail "the npm package 'node' did not bring Node 24 for this machine ($(uname -sm)): rm -r node_modules and try again"
