package dev.mugv.model.worker;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** Which class does which task; a task is made only when it is run, so that no other task's libraries are loaded. */
public final class TaskRegistry {
    private final Map<TaskKind, Supplier<WorkTask>> tasks = new EnumMap<>(TaskKind.class);

    public TaskRegistry(Map<TaskKind, Supplier<WorkTask>> tasks) {
        this.tasks.putAll(tasks);
    }

    /** A fresh task of this kind. */
    public WorkTask task(TaskKind kind) {
        Supplier<WorkTask> supplier = tasks.get(kind);
        if (supplier == null) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot run task '%s': this worker knows %s. Report this.".formatted(kind.label(), tasks.keySet()));
        }
        return supplier.get();
    }
}
