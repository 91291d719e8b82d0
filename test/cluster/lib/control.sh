# The control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. Sourced, not run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # its variables come from the other files

services=10.96.0.0/16
pods=10.244.0.0/16

# make_pki ADDRESS... : everything the control plane signs and proves itself with; ADDRESSes are the API server's.
make_pki() {
  local names=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1
  local address
  for address in "$@"; do names+=",IP:$address"; done
  authority ca
  authority front-proxy-ca
  certificate ca apiserver /CN=kube-apiserver "$names,DNS:kubernetes.default.svc.cluster.local"
  certificate ca admin /O=system:masters/CN=admin
  certificate ca kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate ca controller-manager /CN=system:kube-controller-manager
  certificate ca scheduler /CN=system:kube-scheduler
  certificate ca kube-proxy /CN=system:kube-proxy
  certificate front-proxy-ca front-proxy /CN=front-proxy
  openssl genrsa -out "$dir/pki/sa.key" 2048 2>/dev/null
  openssl rsa -in "$dir/pki/sa.key" -pubout -out "$dir/pki/sa.pub" 2>/dev/null
}

# start_api HOST PORT ETCD-PORT PEER-PORT [FLAG...] : clients reach the API server at HOST:PORT. $enter runs a command where the
# control plane lives (nothing for the machine itself).
start_api() {
  local url=https://$1:$2 port=$2 etcd=http://127.0.0.1:$3 peer=http://127.0.0.1:$4 pki=$dir/pki
  shift 4
  start etcd "${enter[@]}" "$bin/etcd" --data-dir "$dir/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
  # The issuer is a public address, as with the big providers: who is outside can verify a pod's token by its keys.
  start kube-apiserver "${enter[@]}" "$bin/kube-apiserver" --etcd-servers "$etcd" --secure-port "$port" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --service-account-issuer "$url" --service-account-jwks-uri "$url/openid/v1/jwks" \
    --service-account-key-file "$pki/sa.pub" --service-account-signing-key-file "$pki/sa.key" \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --requestheader-client-ca-file "$pki/front-proxy-ca.crt" --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$pki/front-proxy.crt" --proxy-client-key-file "$pki/front-proxy.key" \
    --audit-policy-file "$here/lib/audit.yaml" --audit-log-path "$dir/logs/audit.log" \
    --authorization-mode Node,RBAC --service-cluster-ip-range "$services" --allow-privileged --profiling=false "$@"
  kubeconfig "$dir/kubeconfig" admin "$url"
  echo "$url" >"$dir/server"
}

start_controllers() { # start_controllers [FLAG...]
  kubeconfig "$dir/pki/controller-manager.kubeconfig" controller-manager "$(cat "$dir/server")"
  start kube-controller-manager "${enter[@]}" "$bin/kube-controller-manager" --leader-elect=false --secure-port 0 \
    --kubeconfig "$dir/pki/controller-manager.kubeconfig" --use-service-account-credentials \
    --service-account-private-key-file "$dir/pki/sa.key" --root-ca-file "$dir/pki/ca.crt" \
    --cluster-signing-cert-file "$dir/pki/ca.crt" --cluster-signing-key-file "$dir/pki/ca.key" "$@"
}

start_scheduler() {
  kubeconfig "$dir/pki/scheduler.kubeconfig" scheduler "$(cat "$dir/server")"
  start kube-scheduler "${enter[@]}" "$bin/kube-scheduler" --leader-elect=false --secure-port 0 \
    --kubeconfig "$dir/pki/scheduler.kubeconfig"
}

api_ready() {
  curl -sf --max-time 2 --cacert "$dir/pki/ca.crt" "$(cat "$dir/server")/readyz"
}

free_ports() { # free_ports COUNT : below those that Linux takes for outgoing connections, so that it can start again there
  python3 -c 'import random, socket, sys
sockets = []
while len(sockets) < int(sys.argv[1]):
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randrange(10000, 30000)))
        sockets.append(s)
    except OSError:
        s.close()
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

api_up() { # api_up DIR [--controllers] [--ports API,ETCD,PEER]
  local flags=(--disable-admission-plugins ServiceAccount) ports='' port etcd_port peer_port controllers=''
  new_dir "${1:-}" api
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --controllers) controllers=yes flags=(); shift ;;
      --ports) ports=${2//,/ }; shift 2 ;;
      *) fail "unknown option $1" ;;
    esac
  done
  find_api_programs ${controllers:+kube-controller-manager}
  echo "$bin" >"$dir/bin"
  enter=()
  read -r port etcd_port peer_port <<<"${ports:-$(free_ports 3)}"
  make_pki
  # No pod will use the Service "kubernetes", so nobody needs to keep its endpoints; and Services may be of both families.
  start_api 127.0.0.1 "$port" "$etcd_port" "$peer_port" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
    --endpoint-reconciler-type none --service-cluster-ip-range "$services,fd00:96::/112" "${flags[@]}"
  wait_for 60 "the API server" api_ready
  if [ -n "$controllers" ]; then
    start_controllers
    wait_for 60 "the default service account" k get serviceaccount default
  fi
  echo "$dir/kubeconfig"
}

api_stop() { # api_stop [SIGNAL]
  stop kube-apiserver "${1:-TERM}"
}

api_start() { # returns when it is ready
  ! pid_of kube-apiserver >/dev/null || fail "the API server runs"
  start_again kube-apiserver
  wait_for 60 "the API server" api_ready
}
