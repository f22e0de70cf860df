  # One process a rank, each told by arguments which it is. Rank 0 speaks in this log, every other in one of its own.
  rendezvous="$attempt/rendezvous-$run"
  mkdir -p "$rendezvous" || exit 65
  # shellcheck disable=SC2016 # the variables are those of the rank
  rank_program='
    trap "" USR1 TERM INT HUP
    SLURM_PROCID="${SLURM_PROCID:-${OMPI_COMM_WORLD_RANK:-}}" SLURM_LOCALID="${SLURM_LOCALID:-${OMPI_COMM_WORLD_LOCAL_RANK:-}}"
    attempt=$1 run=$2 ranks=$3 nodes=$4 rendezvous=$5
    shift 5
    [ "$SLURM_PROCID" = 0 ] || exec >>"$attempt/run-$run-rank-$SLURM_PROCID.log" 2>&1
    exec "$@" --order "$attempt/order.json" --attempt-folder "$attempt" --run "$run" --rank "$SLURM_PROCID" \
      --ranks "$ranks" --local-rank "$SLURM_LOCALID" --nodes "$nodes" --rendezvous "$rendezvous"'
  if [ -n "${SLURM_JOB_NODELIST:-}" ]; then
    names="$(scontrol show hostnames "$SLURM_JOB_NODELIST")"
    [ -n "$names" ] || { echo "run $run: the allocation's nodes are not known"; exit 65; }
    # Said anew: srun takes neither the environment of a job with --export=NONE nor, from 22.05 on, its CPUs a task. Workers
    # that speak MPI find each other by the plugin. One rank that fails ends the others; one that is done early does not.
    srun --export=ALL --mpi=@{pmi} --input=none --nodes=@{nodes} --ntasks=@{size} --ntasks-per-node=@{ranks} \
      --cpus-per-task=@{cpus} --distribution=block --kill-on-bad-exit=1 --wait=0 \
      /bin/bash -c "$rank_program" rank "$attempt" "$run" @{size} "${names//$'\n'/,}" "$rendezvous" "${command[@]}"
    result=$?
    # Slurm says that of the step only; the job itself would be a plain failure.
    if [ "$result" != 0 ] && grep -q 'oom-kill event' "$attempt/run-$run.log"; then result=@{exhausted}; fi
    exit "$result"
  fi
  # The local executor: all ranks are processes of this machine. mpirun ends the others when one fails, as srun does.
  if [ @{pmi} != none ]; then
    command -v mpirun >/dev/null || { echo "run $run: no mpirun, which communicator mpi needs (Debian: openmpi-bin)"; exit @{unusable}; }
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe --bind-to none -np @{size} \
      /bin/bash -c "$rank_program" rank "$attempt" "$run" @{size} "$HOSTNAME" "$rendezvous" "${command[@]}"
    exit "$?"
  fi
  for ((rank = 0; rank < @{size}; rank++)); do
    SLURM_PROCID="$rank" SLURM_LOCALID="$rank" \
      /bin/bash -c "$rank_program" rank "$attempt" "$run" @{size} "$HOSTNAME" "$rendezvous" "${command[@]}" &
  done
  highest=0
  for ((ended = 0; ended < @{size}; ended++)); do
    wait -n
    result=$?
    if ((result > highest)); then highest="$result"; fi
    # shellcheck disable=SC2046 # numbers
    if [ "$result" != 0 ]; then kill -KILL $(jobs -pr) 2>/dev/null; fi
  done
  exit "$highest"
