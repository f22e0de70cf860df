#!/bin/bash
# The local executor's witness: starts one element, sees it end, writes the accounting record.
# Arguments: folder of the records, logical index, batch script, marker.
# Lives in a session of its own, so that neither the controller's death nor Ctrl-C reaches it.
set -u
umask 022
records="$1" index="$2" script="$3" marker="$4"
trap '' INT HUP TERM

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

MUGV_ELEMENT="$marker" SLURM_ARRAY_TASK_ID="$index" SLURM_RESTART_COUNT=0 setsid /bin/bash "$script" \
  </dev/null >/dev/null 2>&1 &
child=$!
wait "$child"
status=$?

# The element is over when nothing of it is left: a worker outlives its killed script.
for ((i = 0; i < 300; i++)); do
  left="$(grep -lsxzF "MUGV_ELEMENT=$marker" /proc/[0-9]*/environ)"
  [ -z "$left" ] && break
  for environment in $left; do
    process="${environment#/proc/}"
    kill -KILL "${process%/environ}" 2>/dev/null
  done
  sleep 0.1
done

pending="$records/pending-end-$index-$$"
printf 'kind=exited\nstatus=%s\nat=%(%s)T\n' "$status" -1 >"$pending" || exit 65
sync "$pending"
ln "$pending" "$records/end-$index" 2>/dev/null
rm -f "$pending"
