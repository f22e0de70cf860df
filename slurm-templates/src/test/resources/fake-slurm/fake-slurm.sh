#!/bin/bash
# A Slurm of one machine for tests: fake-slurm.sh PROGRAM ARGUMENTS, state in $FAKE_SLURM. Runs arrays for real, keeps the
# habits of the real one that bite (an element cancelled while it waits leaves no trace; what is over is forgotten by the
# queue when told to), and does what $FAKE_SLURM/faults/PROGRAM says, one line a call:
#   ok | down | hang | timeout-accepted | timeout-lost | refuse TEXT      a last line with * at its end stays
# "fake-slurm.sh control ACTION JOB INDEX" does to a running element what an administrator or a broken node would:
#   requeue, node-failure (ends there, no requeue), out-of-memory
# and "control forget" makes the queue forget what is over. Nothing starts while the file $FAKE_SLURM/hold is there;
# the file launch-fails makes the next launch fail and be held.
set -u
state=${FAKE_SLURM:?}
self=$(readlink -f "$0")
program=$1
shift
mkdir -p "$state/jobs" "$state/faults"
printf -v now '%(%s)T' -1

fault=ok
if [ -s "$state/faults/$program" ]; then
  exec 8>"$state/faults/$program.lock"
  flock 8
  read -r fault <"$state/faults/$program"
  case $fault in
    *'*') fault=${fault%'*'} ;;
    *) sed -i 1d "$state/faults/$program" ;;
  esac
  exec 8>&-
fi
case $program/$fault in
  sacct/down) echo "sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection: Connection refused" >&2; exit 1 ;;
  squeue/down) echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1 ;;
  scancel/down) echo "scancel: error: Unable to contact slurm controller" >&2; exit 8 ;;
  sbatch/down | sbatch/timeout-lost) echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1 ;;
  */refuse*) echo "$program: error: Batch job submission failed: ${fault#refuse }" >&2; exit 1 ;;
  */hang) exec sleep 600 ;;
esac

# An element is a file of one line: STATE RESTARTS SUBMIT START END HOST EXIT RAW-ID, 0 and - standing for nothing.
locked() { # JOB COMMAND...
  local job=$1 result; shift
  exec 9>"$state/jobs/$job/lock"
  flock 9
  "$@"; result=$?
  exec 9>&-
  return $result
}
put() { printf '%s\n' "$3" >"$state/jobs/$1/pending-$2-$BASHPID" && mv "$state/jobs/$1/pending-$2-$BASHPID" "$state/jobs/$1/element-$2"; }
account() { # JOB INDEX STATE START EXIT
  local word restarts submit start end host exit raw
  read -r word restarts submit start end host exit raw <"$state/jobs/$1/element-$2"
  printf -v end '%(%s)T' -1
  echo "$(<"$state/jobs/$1/name")|$1_$2|$raw|$3|$5|0:0|$submit|$4|$end|node1" >>"$state/jobs/$1/accounting"
}
take() { # JOB INDEX: from waiting to running, unless cancelled meanwhile
  local word restarts submit start end host exit raw
  read -r word restarts submit start end host exit raw <"$state/jobs/$1/element-$2"
  [ "$word" = PENDING ] && [ ! -e "$state/jobs/$1/held-$2" ] || return 1
  if [ -e "$state/launch-fails" ]; then
    rm -f "$state/launch-fails"
    : >"$state/jobs/$1/held-$2"
    put "$1" "$2" "PENDING $((restarts + 1)) $submit 0 0 - 0 $raw"
    return 1
  fi
  printf -v start '%(%s)T' -1
  put "$1" "$2" "RUNNING $restarts $submit $start 0 node1 0 $raw"
}
finish() { # JOB INDEX STATE WAIT-STATUS EXIT
  local word restarts submit start end host exit raw
  read -r word restarts submit start end host exit raw <"$state/jobs/$1/element-$2"
  printf -v end '%(%s)T' -1
  account "$1" "$2" "$3" "$start" "$5"
  put "$1" "$2" "$3 $restarts $submit $start $end node1 $4 $raw"
}
requeue() { # JOB INDEX STATE-IN-ACCOUNTING
  local word restarts submit start end host exit raw
  read -r word restarts submit start end host exit raw <"$state/jobs/$1/element-$2"
  account "$1" "$2" "$3" "$start" 0:0
  printf -v submit '%(%s)T' -1
  put "$1" "$2" "PENDING $((restarts + 1)) $submit 0 0 - 0 $raw"
}
run_element() { # JOB INDEX
  local word restarts rest child status nodes action=
  locked "$1" take "$1" "$2" || return
  read -r word restarts rest <"$state/jobs/$1/element-$2"
  nodes=$(sed -n 's/^#SBATCH --nodes=//p' "$state/jobs/$1/script")
  env -i PATH="${self%/*}:/usr/bin:/bin" HOME=/tmp FAKE_SLURM="$state" SLURM_JOB_NODELIST="node[1-$nodes]" SLURM_ARRAY_JOB_ID="$1" SLURM_ARRAY_TASK_ID="$2" SLURM_JOB_ID="${rest##* }" \
    SLURM_RESTART_COUNT="$restarts" setsid /bin/bash "$state/jobs/$1/script" </dev/null >/dev/null 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    if [ -e "$state/jobs/$1/order-$2" ]; then
      action=$(<"$state/jobs/$1/order-$2")
      rm -f "$state/jobs/$1/order-$2"
      # Before it has a session of its own there is no group to kill.
      kill -KILL -- "-$child" 2>/dev/null || kill -KILL "$child" 2>/dev/null
    fi
    sleep 0.03
  done
  wait "$child"
  status=$?
  case $action in
    cancel) locked "$1" finish "$1" "$2" CANCELLED 0 0:0 ;;
    requeue) locked "$1" requeue "$1" "$2" REQUEUED ;;
    node-failure) locked "$1" finish "$1" "$2" NODE_FAIL 0 0:0 ;;
    out-of-memory) locked "$1" finish "$1" "$2" OUT_OF_MEMORY 125 0:125 ;;
    *)
      if [ "$status" = 0 ]; then locked "$1" finish "$1" "$2" COMPLETED 0 0:0
      elif [ "$status" -gt 128 ]; then locked "$1" finish "$1" "$2" FAILED $((status - 128)) "0:$((status - 128))"
      else locked "$1" finish "$1" "$2" FAILED $((status * 256)) "$status:0"; fi ;;
  esac
}
supervise() { # JOB
  local index word rest running alive
  local -A runners=()
  while :; do
    running=0 alive=
    for index in "${!runners[@]}"; do
      if kill -0 "${runners[$index]}" 2>/dev/null; then running=$((running + 1)); alive=yes; else unset "runners[$index]"; fi
    done
    for ((index = 0; index < $(<"$state/jobs/$1/elements"); index++)); do
      read -r word rest <"$state/jobs/$1/element-$index"
      [ "$word" = PENDING ] || continue
      alive=yes
      if [ -z "${runners[$index]:-}" ] && [ "$running" -lt "$(<"$state/jobs/$1/parallel")" ]; then
        run_element "$1" "$index" &
        runners[$index]=$!
        running=$((running + 1))
      fi
    done
    [ -n "$alive" ] || break
    sleep 0.05
  done
}
order() { # JOB INDEX ACTION
  echo "$3" >"$state/jobs/$1/pending-order-$2-$BASHPID"
  mv "$state/jobs/$1/pending-order-$2-$BASHPID" "$state/jobs/$1/order-$2"
}
cancel() { # JOB INDEX
  local word restarts submit rest
  read -r word restarts submit rest <"$state/jobs/$1/element-$2"
  case $word in
    PENDING) put "$1" "$2" "GONE $restarts $submit 0 $now - 0 0" ;;
    RUNNING) order "$1" "$2" cancel ;;
  esac
}
jobs() { find "$state/jobs" -mindepth 2 -maxdepth 2 -name ready -printf '%h\n' | sed 's|.*/||' | sort -n; }

case $program in
  sbatch)
    script=${!#}
    if ! head -1 "$script" | grep -q '^#!'; then echo "sbatch: error: This does not look like a batch script." >&2; exit 1; fi
    array=$(sed -n 's/^#SBATCH --array=//p' "$script")
    last=${array#0-}
    elements=$((${last%%%*} + 1))
    if [ "$elements" -gt "${FAKE_MAX_ARRAY:-1001}" ]; then echo "sbatch: error: Batch job submission failed: Invalid job array specification" >&2; exit 1; fi
    job=1
    while ! mkdir "$state/jobs/$job" 2>/dev/null; do job=$((job + 1)); done
    sed -n 's/^#SBATCH --job-name=//p' "$script" >"$state/jobs/$job/name"
    cp "$script" "$state/jobs/$job/script"
    echo "${array##*%}" >"$state/jobs/$job/parallel"
    for ((i = 0; i < elements; i++)); do put "$job" "$i" "PENDING 0 $now 0 0 - 0 $((job * 10000 + i))"; done
    echo "$elements" >"$state/jobs/$job/elements"
    : >"$state/jobs/$job/ready"
    setsid /bin/bash "$self" supervise "$job" </dev/null >>"$state/supervise.out" 2>&1 &
    if [ "$fault" = timeout-accepted ]; then echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1; fi
    echo "sbatch: warning: a note that is no error" >&2
    echo "$job" ;;
  supervise)
    while [ -e "$state/hold" ]; do sleep 0.05; done
    supervise "$1" ;;
  squeue)
    expected='--Format=Name:64|,ArrayJobID:20|,ArrayTaskID:20|,JobID:20|,State:30|,RestartCnt:12|,SubmitTime:24|,StartTime:24|,EndTime:24|,BatchHost:128|,exit_code:16|,Reason:256'
    case " $* " in *" $expected "*) ;; *) echo "squeue: error: this fake knows one format only" >&2; exit 1 ;; esac
    for job in $(jobs); do
      gone=0
      for ((i = 0; i < $(<"$state/jobs/$job/elements"); i++)); do
        read -r word restarts submit start end host exit raw <"$state/jobs/$job/element-$i"
        case $word in
          GONE) gone=$((gone + 1)); continue ;;
          PENDING | RUNNING) ;;
          *) [ ! -e "$state/forget" ] || continue ;;
        esac
        [ "$host" = - ] && host=n/a
        reason=None
        [ ! -e "$state/jobs/$job/held-$i" ] || reason='launch failed requeued held'
        printf '%-64s|%-20s|%-20s|%-20s|%-30s|%-12s|%-24s|%-24s|%-24s|%-128s|%-16s|%-256s\n' "$(<"$state/jobs/$job/name")" \
          "$job" "$i" "$raw" "$word" "$restarts" "$submit" "${start/#0/N/A}" "${end/#0/N/A}" "$host" "$exit" "$reason"
      done
      if [ "$gone" = "$(<"$state/jobs/$job/elements")" ] && [ ! -e "$state/forget" ]; then
        printf '%-64s|%-20s|%-20s|%-20s|%-30s|%-12s|%-24s|%-24s|%-24s|%-128s|%-16s|%-256s\n' "$(<"$state/jobs/$job/name")" \
          "$job" N/A "$job" CANCELLED 0 "$now" "$now" "$now" n/a 0 None
      fi
    done ;;
  sacct)
    for argument in "$@"; do case $argument in --name=*) names=,${argument#--name=}, ;; esac; done
    for job in $(jobs); do
      case ${names:-} in *",$(<"$state/jobs/$job/name"),"*) ;; *) continue ;; esac
      cat "$state/jobs/$job/accounting" 2>/dev/null
      gone=0
      for ((i = 0; i < $(<"$state/jobs/$job/elements"); i++)); do
        read -r word restarts submit start end host exit raw <"$state/jobs/$job/element-$i"
        case $word in
          GONE) gone=$((gone + 1)) ;;
          RUNNING) echo "$(<"$state/jobs/$job/name")|${job}_$i|$raw|RUNNING|0:0|0:0|$submit|$start|Unknown|node1" ;;
        esac
      done
      [ "$gone" != "$(<"$state/jobs/$job/elements")" ] ||
        echo "$(<"$state/jobs/$job/name")|$job|$job|CANCELLED by 0|0:0|0:0|$now|$now|$now|None assigned"
    done ;;
  scancel)
    for argument in "$@"; do
      case $argument in
        --quiet) ;;
        --*) echo "scancel: error: this fake knows no option $argument" >&2; exit 1 ;;
        *_*) [ ! -d "$state/jobs/${argument%_*}" ] || locked "${argument%_*}" cancel "${argument%_*}" "${argument#*_}" ;;
      esac
    done ;;
  srun)
    for argument in "$@"; do case $argument in
      --ntasks=*) size=${argument#*=} ;; --ntasks-per-node=*) each=${argument#*=} ;; --kill-on-bad-exit=1) kills=yes ;;
      --*) ;; *) break ;; esac; shift; done
    for ((rank = 0; rank < size; rank++)); do
      SLURM_PROCID=$rank SLURM_LOCALID=$((rank % each)) SLURMD_NODENAME="node$((rank / each + 1))" "$@" &
    done
    highest=0
    for ((ended = 0; ended < size; ended++)); do
      wait -n
      result=$?
      ((result <= highest)) || highest=$result
      [ "$result" = 0 ] || [ -z "${kills:-}" ] || kill -KILL $(builtin jobs -pr) 2>/dev/null
    done
    exit "$highest" ;;
  scontrol) if [ "$1 $2" = "show hostnames" ]; then
      list=${3#*-} list=${list%]}
      for ((node = 1; node <= list; node++)); do echo "node$node"; done
      exit 0
    fi
    if [ "$1" = requeue ]; then order "${2%_*}" "${2#*_}" requeue; exit 0; fi
    if [ "$1" = release ]; then rm -f "$state/jobs/${2%_*}/held-${2#*_}"; exit 0; fi
    if [ "$1" = update ]; then job=${2#JobId=}; echo "${3#ArrayTaskThrottle=}" >"$state/jobs/$job/parallel"; exit 0; fi
    printf '%s\n' "Configuration data as of now" "ClusterName             = fake" "SlurmctldHost[0]        = login1" "AccountingStorageType   = accounting_storage/slurmdbd" \
    "MaxArraySize            = ${FAKE_MAX_ARRAY:-1001}" "MessageTimeout          = 10 sec" "MinJobAge               = 300 sec" \
    "SLURM_VERSION           = 22.05.8" ;;
  sinfo) printf '%s\n' 'cpu*|up|1-00:00:00|2|8|12288|1-infinite|(null)|(null)' 'gpu|up|infinite|2|8|12288|1-2|gpu:fake:4|a100,ib' ;;
  sacctmgr) printf '%s\n' '' "${FAKE_MAX_SUBMIT:-$(cat "$state/max-submit" 2>/dev/null)}" ;;
  control)
    case $1 in
      forget) : >"$state/forget" ;;
      *) order "$2" "$3" "$1" ;;
    esac ;;
esac
