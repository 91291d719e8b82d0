# Shared by all of kube: the state folder, processes, certificates, kubeconfigs. Sourced, not run.
# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # its variables come from the other files

fail() {
  echo "kube: $*" >&2
  exit 1
}

lack() { # what is not there, and cannot be had
  echo "$*" >&2
  exit 3
}

need() { # need TOOL...
  local tool missing=
  for tool in "$@"; do command -v "$tool" >/dev/null || missing+=" $tool"; done
  [ -z "$missing" ] || lack "missing:$missing (scripts/setup.sh --with-cluster installs what it can)"
}

# The state folder $dir holds all that belongs to one `up`:
#   kind  id  bin  logs/  pids/  commands/  pki/  kubeconfig  env  and, for a cluster, nodes/ and images/.
new_dir() { # new_dir DIR KIND
  [ -n "${1:-}" ] || fail "which folder? (kube --help)"
  mkdir -p "$1"
  dir=$(cd "$1" && pwd)
  [ ! -e "$dir/kind" ] || fail "$dir is up already; take it down first"
  [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
  mkdir -p "$dir"/{logs,pids,commands,pki}
  echo "$2" >"$dir/kind"
  id=$(printf %s "$dir" | sha256sum | cut -c1-5)
  echo "$id" >"$dir/id"
  trap 'status=$?; [ $status -eq 0 ] || echo "kube: not up; see $dir/logs, then take $dir down" >&2' EXIT
}

open_dir() { # open_dir DIR
  [ -n "${1:-}" ] || fail "which cluster? set KUBE_DIR or give --dir"
  [ -e "$1/kind" ] || fail "$1 is not up"
  dir=$(cd "$1" && pwd)
  id=$(cat "$dir/id")
  bin=$(cat "$dir/bin" 2>/dev/null || :) # not there yet where `up` did not come far
}

# The programs of an API alone: those of $KUBEBUILDER_ASSETS, as with envtest, or our own.
find_api_programs() { # find_api_programs [PROGRAM...] : sets $bin; PROGRAMs are wanted besides
  local program
  need openssl curl python3 setsid
  if [ -z "${KUBEBUILDER_ASSETS:-}" ]; then
    find_programs core "$@"
    return
  fi
  bin=$KUBEBUILDER_ASSETS
  for program in etcd kube-apiserver kubectl "$@"; do
    [ -x "$bin/$program" ] || lack "there is no $program in KUBEBUILDER_ASSETS=$bin"
  done
}

find_cluster_programs() { # sets $bin
  [ "$(id -u)" = 0 ] || lack "a cluster needs root"
  need containerd ctr runc iptables nft conntrack ip nsenter unshare sysctl curl openssl python3 setsid
  find_programs core node
}

find_programs() { # find_programs GROUP... : sets $bin, building what is missing
  local group groups=()
  for group in "$@"; do groups+=(--group "$group"); done
  # 3: it has said what is lacking
  bin=$("$here/assets.sh" "${groups[@]}" | tail -n 1) || { [ $? -ne 3 ] || exit 3; lack "its programs cannot be built here"; }
}

print_programs() { # print_programs api|cluster [NAME...] : NAMEs are optional programs, for pods
  local kind=${1:-} name
  case $kind in
    api) find_api_programs ;;
    cluster) find_cluster_programs ;;
    *) usage ;;
  esac
  shift
  for name in "$@"; do
    find_programs "$name"
    [ -x "$bin/$name" ] || lack "$name cannot be built here"
  done
  echo "$bin"
}

# hold api|cluster DIR [OPTION...] : what is up goes down with the process that holds the other end of our input, however
# that ends. `down` is in a session of its own, so that what ends our process group does not end it half-way.
hold() {
  local kind=${1:-}
  case $kind in api|cluster) shift ;; *) usage ;; esac
  held=${1:?which folder?}
  # shellcheck disable=SC2064 # the folder of now
  trap "setsid --wait '$here/kube' $kind down '$held' </dev/null; rmdir '$held' 2>/dev/null || :" EXIT
  trap 'exit 143' HUP INT TERM
  "$here/kube" "$kind" up "$@" || { local status=$?; tail -n 5 "$held"/logs/*.log >&2 || :; exit $status; }
  while read -r _; do :; done
}

# A process is remembered by its id and its start time, so that a later process that was given the same id is never hit.
# One that ended and only waits for its parent to notice (state Z) counts as gone, but not before its last thread: until
# then its sockets are open.
started_at() { # started_at PID : prints nothing if it is gone
  local state rest threads
  { read -r state rest < <(sed 's/.*) //' "/proc/$1/stat"); } 2>/dev/null || return 0
  threads=("/proc/$1/task"/*)
  { [ "$state" = Z ] && [ ${#threads[@]} -le 1 ]; } || cut -d' ' -f19 <<<"$rest"
}

start() { # start NAME COMMAND... : in the background, in a session of its own, with its log in logs/NAME.log
  local name=$1 pid
  shift
  printf '%s\0' "$@" >"$dir/commands/$name"
  setsid "$@" >>"$dir/logs/$name.log" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(started_at "$pid")" >"$dir/pids/$name"
}

pid_of() { # pid_of NAME : prints its id if it still runs
  local pid born
  read -r pid born 2>/dev/null <"$dir/pids/$1" || return 1
  [ -n "$born" ] && [ "$(started_at "$pid")" = "$born" ] || return 1
  echo "$pid"
}

start_again() { # start_again NAME : as it was started before
  local command
  mapfile -d '' -t command <"$dir/commands/$1"
  start "$1" "${command[@]}"
}

stop() { # stop NAME [SIGNAL] : returns when it is gone
  local pid tries=0
  if pid=$(pid_of "$1"); then
    kill -"${2:-TERM}" "$pid" 2>/dev/null || :
    while pid_of "$1" >/dev/null; do
      tries=$((tries + 1))
      [ $tries -lt 100 ] || kill -KILL "$pid" 2>/dev/null || :
      sleep 0.05
    done
  fi
  rm -f "$dir/pids/$1"
}

wait_for() { # wait_for SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "waited too long for $what"
    sleep 0.1
  done
}

# One authority signs everything; the front proxy's is separate, as the API server wants it.
authority() { # authority NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$1" \
    -keyout "$dir/pki/$1.key" -out "$dir/pki/$1.crt" 2>/dev/null
}

certificate() { # certificate AUTHORITY NAME SUBJECT [ALTERNATIVE-NAMES] : writes pki/NAME.crt and pki/NAME.key
  local extensions=$'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth,serverAuth'
  [ -z "${4:-}" ] || extensions+=$'\n'"subjectAltName=$4"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" -keyout "$dir/pki/$2.key" 2>/dev/null |
    openssl x509 -req -days 3650 -CA "$dir/pki/$1.crt" -CAkey "$dir/pki/$1.key" -set_serial "0x$(openssl rand -hex 16)" \
      -extfile <(echo "$extensions") -out "$dir/pki/$2.crt" 2>/dev/null
}

kubeconfig() { # kubeconfig FILE CERTIFICATE SERVER
  cat >"$1" <<END
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters:
  - name: test
    cluster: {server: "$3", certificate-authority-data: $(base64 -w0 "$dir/pki/ca.crt")}
users:
  - name: test
    user:
      client-certificate-data: $(base64 -w0 "$dir/pki/$2.crt")
      client-key-data: $(base64 -w0 "$dir/pki/$2.key")
END
  chmod 600 "$1"
}

k() { # kubectl as the administrator
  "$bin/kubectl" --kubeconfig "$dir/kubeconfig" "$@"
}
