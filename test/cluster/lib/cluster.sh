# A cluster of nodes, and what tests do to it. Sourced, not run. A node's own start is in node.sh.
# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # its variables come from the other files

open_cluster() { # open_cluster DIR
  open_dir "$1"
  [ "$(cat "$dir/kind")" = cluster ] || fail "$dir is no cluster"
  net=$(cat "$dir/net")
  enter=(nsenter --net="/run/netns/$(ns cp)")
}

cluster_up() { # cluster_up DIR [--nodes N] [--proxy-mode MODE]
  local nodes=2 mode=iptables node
  new_dir "${1:-}" cluster
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --nodes) nodes=$2; shift 2 ;;
      --proxy-mode) mode=$2; shift 2 ;;
      *) fail "unknown option $1" ;;
    esac
  done
  # node.sh covers these with the node's own
  case $dir/ in /etc/*|/opt/*|/run/*|/var/lib/*|/var/log/*) fail "$dir: choose a folder outside /etc /opt /run /var" ;; esac
  find_cluster_programs
  echo "$bin" >"$dir/bin"
  sysctl kernel.panic kernel.panic_on_oops vm.overcommit_memory >"$dir/sysctl" # the kubelet changes them for all

  exec 8>/run/lock/homeport-kube
  flock 8 # two clusters that start at once must not pick the same network
  pick_network
  wire_up
  exec 8>&-
  new_space cp
  attach cp eth0 "$net.0.2"
  attach cp eth1 "$net.1.2"
  enter=(nsenter --net="/run/netns/$(ns cp)")
  space_add edge "$net.0.100"
  space_add client "$net.0.200"

  make_pki "$net.0.2" "$net.1.2"
  start_api "$net.0.2" 6443 2379 2380 --bind-address 0.0.0.0 --advertise-address "$net.1.2" \
    --enable-aggregator-routing \
    --default-not-ready-toleration-seconds 30 --default-unreachable-toleration-seconds 30

  mkdir -p "$dir/images" "$dir/nodes"
  image homeport.test/pause:1 "$bin/pause"
  image homeport.test/coredns:1 "$bin/coredns"
  for node in $(seq "$nodes"); do
    make_node "$node" "$mode"
    power_on "$node"
  done

  wait_for 60 "the API server" api_ready
  start_controllers --allocate-node-cidrs --cluster-cidr "$pods" --node-cidr-mask-size 24 \
    --node-monitor-period 2s --node-monitor-grace-period 16s
  start_scheduler
  # Whoever is outside the cluster may read the keys that pods' tokens are signed with.
  k create clusterrolebinding issuer-is-public --clusterrole system:service-account-issuer-discovery \
    --group system:unauthenticated >/dev/null
  sed -e "s/@NET@/$net/g" "$here/lib/coredns.yaml" | k apply -f - >/dev/null

  for node in $(seq "$nodes"); do join "$node"; done
  for node in $(seq "$nodes"); do wait_for 90 "node$node to be Ready" ready "$node"; done
  k -n kube-system rollout status deployment/coredns --timeout 60s >/dev/null || fail "CoreDNS does not start"
  write_env "$nodes"
  echo "$dir/kubeconfig"
}

write_env() { # for tests in any language: where everything is
  local space
  {
    echo "KUBECONFIG=$dir/kubeconfig"
    echo "KUBE_DIR=$dir"
    echo "KUBE_SERVER=$(cat "$dir/server")"
    echo "KUBE_CA=$dir/pki/ca.crt"
    echo "KUBE_NODES=$1"
    echo "EDGE_ADDRESS=$net.0.100"
    echo "CLIENT_ADDRESS=$net.0.200"
    for space in edge client cp $(seq -f node%g "$1"); do
      echo "NETNS_${space^^}=$(ns "$space")"
    done
  } >"$dir/env"
}

# --- nodes -----------------------------------------------------------------------------------------------------------

running_nodes() { # prints the numbers of the nodes that have power
  local home
  for home in "$dir"/nodes/node*; do
    if [ -e "$home/address" ] && pid_of "${home##*/}" >/dev/null; then echo "${home##*/node}"; fi
  done
}

make_node() { # make_node N PROXY-MODE : the node's files
  local node=node$1 home=$dir/nodes/node$1
  mkdir -p "$home"/{etc,logs,containerd,kubelet,imported}
  printf 'external=%s\ninternal=%s\n' "$net.0.$((10 + $1))" "$net.1.$((10 + $1))" >"$home/address"
  echo "nameserver $net.0.1" >"$home/etc/resolv.conf" # nobody answers there: names outside the cluster do not resolve
  cp "$dir/pki/ca.crt" "$home/etc/ca.crt"
  certificate ca "$node" "/O=system:nodes/CN=system:node:$node"
  # Nodes talk to the API server by its private address.
  kubeconfig "$home/etc/kubelet.kubeconfig" "$node" "https://$net.1.2:6443"
  kubeconfig "$home/etc/kube-proxy.kubeconfig" kube-proxy "https://$net.1.2:6443"
  serving_certificate "$1"
  cat >"$home/etc/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {x509: {clientCAFile: /etc/homeport/ca.crt}}
tlsCertFile: /etc/homeport/serving.crt
tlsPrivateKeyFile: /etc/homeport/serving.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
providerID: homeport://$node
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: /etc/homeport/resolv.conf
# every node has its own subtree of the machine's cgroups
cgroupDriver: cgroupfs
cgroupRoot: /hk$id/$node
failCgroupV1: false
failSwapOn: false
# a full disk of the machine is not the test's business
evictionHard: {memory.available: 1Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%}
imageGCHighThresholdPercent: 100
# notice a dead node within seconds
nodeStatusUpdateFrequency: 4s
nodeLeaseDurationSeconds: 12
END
  cat >"$home/etc/kube-proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: $2
hostnameOverride: $node
clusterCIDR: $pods
clientConnection: {kubeconfig: /etc/homeport/kube-proxy.kubeconfig}
nodePortAddresses: [0.0.0.0/0] # nftables mode would leave out the external address
# the machine's limits, which a namespace cannot change, stay
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
END
  cat >"$home/etc/containerd.toml" <<END
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "homeport.test/pause:1"
  restrict_oom_score_adj = true # not every machine that runs tests may lower it
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_template = "/etc/homeport/cni.json"
END
  # containerd fills in the range that the controller-manager gave the node. ptp routes between pods of one node too,
  # so that Services work without filtering bridged packets.
  cat >"$home/etc/cni.json" <<'END'
{"cniVersion": "0.4.0", "name": "homeport", "plugins": [
  {"type": "ptp", "ipam": {"type": "host-local", "subnet": "{{.PodCIDR}}", "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}
]}
END
  echo "https://$net.1.2:6443" >"$home/etc/server"
}

serving_certificate() { # serving_certificate N : what the kubelet answers with, for its internal address
  local external internal
  # shellcheck source=/dev/null
  . "$dir/nodes/node$1/address"
  certificate ca "node$1-serving" "/O=system:nodes/CN=system:node:node$1" "DNS:node$1,IP:$internal,IP:$external"
  cp "$dir/pki/node$1-serving.crt" "$dir/nodes/node$1/etc/serving.crt"
  cp "$dir/pki/node$1-serving.key" "$dir/nodes/node$1/etc/serving.key"
}

power_on() { # power_on N
  local external internal
  # shellcheck source=/dev/null
  . "$dir/nodes/node$1/address"
  new_space "node$1"
  attach "node$1" eth0 "$external"
  attach "node$1" eth1 "$internal"
  forget_neighbours
  inside "node$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
  # What leaves the node for elsewhere than a pod carries the node's address.
  inside "node$1" nft "add table ip homeport; add chain ip homeport out { type nat hook postrouting priority 110; }
    add rule ip homeport out ip saddr $pods ip daddr != $pods masquerade"
  make_cgroups "node$1"
  start "node$1" nsenter --net="/run/netns/$(ns "node$1")" unshare --mount --uts --ipc --pid --fork --kill-child \
    --mount-proc bash "$here/lib/node.sh" "node$1" "$dir/nodes/node$1" "$bin" "$dir/images"
}

make_cgroups() { # make_cgroups NODE : its subtree in every hierarchy of cgroups
  local root child setting
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # version 2 alone
    mkdir -p "/sys/fs/cgroup/hk$id/$1"
    for root in /sys/fs/cgroup "/sys/fs/cgroup/hk$id"; do
      echo "+cpu +cpuset +memory +pids" >"$root/cgroup.subtree_control"
    done
    return
  fi
  for root in /sys/fs/cgroup/*/; do
    mkdir -p "$root/hk$id/$1"
    for child in "$root/hk$id" "$root/hk$id/$1"; do
      for setting in cpuset.cpus cpuset.mems; do # empty in a new group, and then nothing may run in it
        if [ -e "$child/$setting" ]; then cat "$child/../$setting" >"$child/$setting"; fi
      done
    done
  done
}

remove_cgroups() { # remove_cgroups SUBTREE : in every hierarchy
  local root
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -d "$root/$1" ] || find "$root/$1" -depth -type d -exec rmdir {} +
  done
}

# join N : what a provider's controller does for a new node: its addresses, and that it may be used.
join() {
  wait_for 60 "node$1 to register" k get node "node$1"
  publish "$1"
  k taint node "node$1" node.cloudprovider.kubernetes.io/uninitialized- >/dev/null 2>&1 || :
  wait_for 30 "node$1 to get its range of pod addresses" has_range "$1"
  routes
}

has_range() {
  local range
  range=$(k get node "node$1" -o jsonpath='{.spec.podCIDR}')
  [ -n "$range" ] || return 1
  echo "$range" >"$dir/nodes/node$1/range"
}

publish() { # publish N : the node's addresses, in its status
  local external internal
  # shellcheck source=/dev/null
  . "$dir/nodes/node$1/address"
  k patch node "node$1" --subresource status --type merge -p '{"status": {"addresses": [
    {"type": "InternalIP", "address": "'"$internal"'"}, {"type": "ExternalIP", "address": "'"$external"'"},
    {"type": "Hostname", "address": "node'"$1"'"}]}}' >/dev/null
}

routes() { # every node, and the control plane, reaches each node's pods through its internal address
  local from to internal range
  for to in "$dir"/nodes/node*; do
    [ -e "$to/range" ] || continue
    range=$(cat "$to/range")
    internal=$(sed -n 's/^internal=//p' "$to/address")
    for from in cp $(running_nodes | sed 's/^/node/'); do
      [ "$from" = "${to##*/}" ] || ip -n "$(ns "$from")" route replace "$range" via "$internal" dev eth1
    done
  done
}

ready() { # ready N [SINCE] : the kubelet itself has said so, after SINCE (RFC 3339) if given
  local said
  said=$(k get node "node$1" -o jsonpath='{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastHeartbeatTime}{end}')
  [[ $said == "True "* && ! ${said#True } < ${2:-0} ]]
}

known_node() { # known_node N
  [ -e "$dir/nodes/node${1:-}/address" ] || fail "which node? 1, 2 ..."
}

node_pid() { # node_pid N : the machine's id of the node's first process
  local pid child
  pid=$(pid_of "node$1") || return 1
  read -r child _ <"/proc/$pid/task/$pid/children"
  echo "$child"
}

on_node() { # on_node N COMMAND... : in all of the node's namespaces
  local pid
  pid=$(node_pid "$1") || fail "node$1 has no power"
  shift
  nsenter --target "$pid" --mount --uts --ipc --net --pid -- "$@"
}

in_space() { # in_space SPACE COMMAND...
  local space=${1:?which space?} pid
  shift
  # exec: who ends us, ends the command
  if [[ $space =~ ^node([0-9]+)$ ]]; then
    pid=$(node_pid "${BASH_REMATCH[1]}") || fail "$space has no power"
    exec nsenter --target "$pid" --mount --uts --ipc --net --pid -- "$@"
  else
    exec nsenter --net="/run/netns/$(ns "$space")" "$@"
  fi
}

# A power cut: kubelet, containers and connections end without a word; the disk stays.
node_stop() { # node_stop N
  local first=
  known_node "${1:-}"
  if first=$(node_pid "$1"); then
    kill -KILL "$first" 2>/dev/null || :
    while [ -n "$(started_at "$first")" ]; do sleep 0.02; done # it ends after all others in the node
  fi
  stop "node$1" KILL
  remove_cgroups "hk$id/node$1" # a kubelet that finds old ones searches for their containers for half a minute
  ip netns del "$(ns "node$1")" 2>/dev/null || :
  ip -n "$(ns wire)" link del "node$1-eth0" 2>/dev/null || :
  ip -n "$(ns wire)" link del "node$1-eth1" 2>/dev/null || :
}

node_start() { # node_start N : returns when the node is Ready
  local since
  known_node "${1:-}"
  ! pid_of "node$1" >/dev/null || fail "node$1 has power"
  since=$(date -u +%FT%TZ)
  power_on "$1"
  join "$1"
  wait_for 90 "node$1 to be Ready" ready "$1" "$since"
}

# The provider gives the node another address. With power, it happens under the running pods.
node_readdress() { # node_readdress N ADDRESS
  local external internal card=eth0 old since
  known_node "${1:-}"
  # shellcheck source=/dev/null
  . "$dir/nodes/node$1/address"
  old=$external
  case ${2:-} in
    "$net".0.*) external=$2 ;;
    "$net".1.*) card=eth1 old=$internal internal=$2 ;;
    *) fail "an address in $net.0.0/24 (external) or $net.1.0/24 (internal), please" ;;
  esac
  [ "$old" != "$2" ] || return 0
  printf 'external=%s\ninternal=%s\n' "$external" "$internal" >"$dir/nodes/node$1/address"
  serving_certificate "$1"
  if ! pid_of "node$1" >/dev/null; then return 0; fi # it starts with the new one
  inside "node$1" ip addr del "$old/24" dev "$card"
  inside "node$1" ip addr add "$2/24" dev "$card"
  inside "node$1" ip route replace default via "$net.0.1"
  forget_neighbours
  routes
  publish "$1"
  if [ "$card" = eth1 ]; then
    since=$(date -u +%FT%TZ)
    # node.sh starts them again
    # shellcheck disable=SC2016
    on_node "$1" bash -c 'kill $(cat /run/homeport/kubelet.pid /run/homeport/kube-proxy.pid)'
    wait_for 60 "node$1 to be Ready" ready "$1" "$since"
  fi
}

# --- images and the end ----------------------------------------------------------------------------------------------

image() { # image NAME ROOTFS|TAR|PROGRAM [ENTRYPOINT...]
  local name=${1:?which name?} tar n
  tar=$dir/images/$(tr -c 'A-Za-z0-9.\n' - <<<"$name").tar
  python3 "$here/lib/image.py" "$tar" "$@"
  local imports=() import
  for n in $(running_nodes); do
    on_node "$n" ctr -n k8s.io images import "$tar" >/dev/null &
    imports+=($!)
  done
  for import in "${imports[@]}"; do wait "$import"; done
  for n in $(running_nodes); do touch -r "$tar" "$dir/nodes/node$n/imported/${tar##*/}"; done
}

everything_down() { # everything_down DIR
  local file
  [ -n "${1:-}" ] || fail "which folder?"
  if [ ! -e "$1/kind" ]; then return 0; fi
  open_dir "$1"
  for file in "$dir"/nodes/node*; do
    [ ! -e "$file/address" ] || node_stop "${file##*/node}"
  done
  for file in "$dir"/pids/*; do
    [ ! -e "$file" ] || stop "${file##*/}" KILL
  done
  if [ "$(cat "$dir/kind")" = cluster ]; then
    network_down
    remove_cgroups "hk$id"
    [ ! -e "$dir/sysctl" ] || sysctl -qp "$dir/sysctl"
  fi
  if [ -n "${KUBE_KEEP_LOGS:-}" ]; then
    mkdir -p "$KUBE_KEEP_LOGS"
    cp -r "$dir/logs" "$KUBE_KEEP_LOGS/"
    for file in "$dir"/nodes/node*; do
      [ ! -d "$file/logs" ] || cp -r "$file/logs" "$KUBE_KEEP_LOGS/${file##*/}"
    done
  fi
  find "$dir" -mindepth 1 -delete
}
