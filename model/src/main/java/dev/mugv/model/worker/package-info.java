/**
 * The worker process: reads a work order, runs its task under heartbeats, publishes the result and leaves an exit
 * record. Must not know databases, Slurm or how it was started; everything comes as arguments and files. Start at
 * {@link dev.mugv.model.worker.WorkerMain}, then {@link dev.mugv.model.worker.Worker}.
 */
@NullMarked
package dev.mugv.model.worker;

import org.jspecify.annotations.NullMarked;
