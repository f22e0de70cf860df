/**
 * One {@link dev.mugv.model.run.WorkTask} a {@link dev.mugv.model.run.TaskKind}, named after it with {@code Task} at the
 * end: the glue between a work order and the packages that do the work. Must not know how orders come or results go.
 */
@NullMarked
package dev.mugv.model.worker.task;

import org.jspecify.annotations.NullMarked;
