package dev.mugv.model.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.TaskKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerTasksTest {
    /** The controller computes the code version from the class name alone, so the name must be that of the class run. */
    @ParameterizedTest
    @EnumSource(TaskKind.class)
    void everyTaskIsDoneByTheClassNamedAfterIt(TaskKind kind) {
        assertThat(WorkerTasks.registry().task(kind).getClass().getName()).isEqualTo(CodeVersion.taskClassName(kind));
    }
}
