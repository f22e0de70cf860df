package dev.mugv.model.worker;

import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.worker.task.BenchmarkModelTask;
import dev.mugv.model.worker.task.CaptionClipsTask;
import dev.mugv.model.worker.task.CheckFiltersTask;
import dev.mugv.model.worker.task.ChooseTrialTask;
import dev.mugv.model.worker.task.CompareClipsTask;
import dev.mugv.model.worker.task.CurateVideoTask;
import dev.mugv.model.worker.task.EncodeLatentsTask;
import dev.mugv.model.worker.task.EvaluateModelTask;
import dev.mugv.model.worker.task.EvaluateVaeTask;
import dev.mugv.model.worker.task.ExpandWidthTask;
import dev.mugv.model.worker.task.GeneratePreferencesTask;
import dev.mugv.model.worker.task.ImportLatentsTask;
import dev.mugv.model.worker.task.ImportModelTask;
import dev.mugv.model.worker.task.ImportVaeTask;
import dev.mugv.model.worker.task.LeaveWitnessTask;
import dev.mugv.model.worker.task.MergeCheckpointsTask;
import dev.mugv.model.worker.task.RankCheckTask;
import dev.mugv.model.worker.task.ReverseSampleTask;
import dev.mugv.model.worker.task.RewritePromptsTask;
import dev.mugv.model.worker.task.TrainModelTask;
import dev.mugv.model.worker.task.TrainVaeTask;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** The product's tasks. Each stands on its own line, in the order of {@link TaskKind}. */
final class WorkerTasks {
    private WorkerTasks() {}

    static TaskRegistry registry() {
        Map<TaskKind, Supplier<WorkTask>> tasks = new EnumMap<>(TaskKind.class);
        tasks.put(TaskKind.CURATE_VIDEO, CurateVideoTask::new);
        tasks.put(TaskKind.COMPARE_CLIPS, CompareClipsTask::new);
        tasks.put(TaskKind.CHECK_FILTERS, CheckFiltersTask::new);
        tasks.put(TaskKind.CAPTION_CLIPS, CaptionClipsTask::new);
        tasks.put(TaskKind.TRAIN_VAE, TrainVaeTask::new);
        tasks.put(TaskKind.IMPORT_VAE, ImportVaeTask::new);
        tasks.put(TaskKind.ENCODE_LATENTS, EncodeLatentsTask::new);
        tasks.put(TaskKind.IMPORT_LATENTS, ImportLatentsTask::new);
        tasks.put(TaskKind.IMPORT_MODEL, ImportModelTask::new);
        tasks.put(TaskKind.TRAIN_MODEL, TrainModelTask::new);
        tasks.put(TaskKind.EXPAND_WIDTH, ExpandWidthTask::new);
        tasks.put(TaskKind.MERGE_CHECKPOINTS, MergeCheckpointsTask::new);
        tasks.put(TaskKind.GENERATE_PREFERENCES, GeneratePreferencesTask::new);
        tasks.put(TaskKind.REVERSE_SAMPLE, ReverseSampleTask::new);
        tasks.put(TaskKind.REWRITE_PROMPTS, RewritePromptsTask::new);
        tasks.put(TaskKind.EVALUATE_MODEL, EvaluateModelTask::new);
        tasks.put(TaskKind.EVALUATE_VAE, EvaluateVaeTask::new);
        tasks.put(TaskKind.CHOOSE_TRIAL, ChooseTrialTask::new);
        tasks.put(TaskKind.BENCHMARK_MODEL, BenchmarkModelTask::new);
        tasks.put(TaskKind.RANK_CHECK, RankCheckTask::new);
        tasks.put(TaskKind.LEAVE_WITNESS, LeaveWitnessTask::new);
        return new TaskRegistry(tasks);
    }
}
