#!/bin/bash
# The local executor's witness: starts one element, sees it end, writes the accounting record.
# Arguments: folder of the records, logical index, batch script, marker, folder of the machine's places, how many there are.
# Lives in a session of its own, so that neither the controller's death nor Ctrl-C reaches it.
set -u
umask 022
records="$1" index="$2" script="$3" marker="$4" places="$5" parallel="$6"
trap '' INT HUP TERM

# A place among those of all controllers of this workspace on this machine: a lock that goes with its holders. The worker
# inherits it, so a place is free only when nothing of the element is left.
mkdir -p "$places" || exit 65
place=
for ((number = 0; number < parallel; number++)); do
  exec {place}>>"$places/place-$number" || exit 65
  flock --nonblock "$place" && break
  exec {place}>&-
  place=
done
[ -n "$place" ] || exit 75

# Whoever links this record first decides: one supervisor, or a cancellation before the start.
stat="$(</proc/$$/stat)"
read -r -a fields <<<"${stat##*) }"
pending="$records/pending-begin-$index-$$"
printf 'kind=started\nhost=%s\npid=%s\nstart=%s\nboot=%s\nat=%(%s)T\n' "$HOSTNAME" "$$" "${fields[19]}" \
  "$(</proc/sys/kernel/random/boot_id)" -1 >"$pending" || exit 65
sync "$pending"
if ! ln "$pending" "$records/begin-$index" 2>/dev/null; then
  rm -f "$pending"
  exit 73
fi
rm -f "$pending"

kill_all() {
  left="$(grep -lsxzF "MUGV_ELEMENT=$marker" /proc/[0-9]*/environ)"
  for environment in $left; do
    process="${environment#/proc/}"
    kill -KILL "${process%/environ}" 2>/dev/null
  done
}

MUGV_ELEMENT="$marker" SLURM_ARRAY_TASK_ID="$index" SLURM_RESTART_COUNT=0 setsid /bin/bash "$script" \
  </dev/null >/dev/null 2>&1 &
child=$!

# The time limit that the script states, as Slurm keeps it: announced by USR1 five minutes before (half of a shorter limit),
# then TERM, a moment later KILL. A pipe that nobody writes to is a pause without a process.
watch=
while read -r directive; do
  if [[ "$directive" =~ ^#SBATCH\ --time=([0-9]+)-([0-9]+):([0-9]+):([0-9]+)$ ]]; then
    limit=$((((10#${BASH_REMATCH[1]} * 24 + 10#${BASH_REMATCH[2]}) * 60 + 10#${BASH_REMATCH[3]}) * 60 + 10#${BASH_REMATCH[4]}))
    notice=$((limit < 600 ? limit / 2 : 300))
    (
      exec {place}>&-
      exec {quiet}<> <(:)
      read -r -t "$((limit - notice))" -u "$quiet" _
      kill -USR1 "$child"
      read -r -t "$notice" -u "$quiet" _
      printf 'at=%(%s)T\nlimit=%s\n' -1 "$limit" >"$records/pending-limit-$index-$$" || exit 65
      sync "$records/pending-limit-$index-$$"
      mv "$records/pending-limit-$index-$$" "$records/limit-$index"
      kill -TERM "$child"
      read -r -t 2 -u "$quiet" _
      kill_all
    ) &
    watch=$!
    break
  fi
done <"$script"
wait "$child"
status=$?
if [ -n "$watch" ]; then
  kill -USR2 "$watch" 2>/dev/null
  wait "$watch" 2>/dev/null
fi

# The element is over when nothing of it is left: a worker outlives its killed script.
for ((i = 0; i < 300; i++)); do
  kill_all
  [ -z "$left" ] && break
  sleep 0.1
done

pending="$records/pending-end-$index-$$"
printf 'kind=exited\nstatus=%s\nat=%(%s)T\n' "$status" -1 >"$pending" || exit 65
sync "$pending"
ln "$pending" "$records/end-$index" 2>/dev/null
rm -f "$pending"
