package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PromptWording;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner;
import dev.mugv.steps.check.RankCheckPlanner;
import dev.mugv.steps.curation.CaptionClipsPlanner;
import dev.mugv.steps.curation.CheckFiltersPlanner;
import dev.mugv.steps.curation.CompareClipsPlanner;
import dev.mugv.steps.curation.CurateVideosPlanner;
import dev.mugv.steps.evaluation.BenchmarkModelPlanner;
import dev.mugv.steps.evaluation.EvaluateModelPlanner;
import dev.mugv.steps.evaluation.EvaluateVaePlanner;
import dev.mugv.steps.evaluation.RewritePromptsPlanner;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.VaePlanner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Names of the steps that training stages become. */
public final class StageNames {
    static final String SEARCH_PROXY = "search-proxy";
    static final String CHOOSE_TRIAL = "choose-trial";
    static final String IMPORT_MODEL = "import-model";
    static final String EXPAND_WIDTH = "expand-width";
    static final String FINETUNE = "finetune";
    static final String MERGE_CHECKPOINTS = "merge-checkpoints";
    static final String LABEL_PREFERENCES = "label-preferences";

    private StageNames() {}

    static String pretrain(TrainingStage stage) {
        return "pretrain-" + stage.name();
    }

    static String align(PreferenceTraining stage) {
        return "align-" + stage.name();
    }

    /** Step that makes the pairs of a stage with RDPO. */
    static String reverse(PreferenceTraining stage) {
        return "reverse-" + stage.name();
    }

    /** Steps of alignment from the labels on, in order. */
    static List<String> alignment(PipelineConfiguration configuration) {
        List<String> steps = new ArrayList<>();
        for (PreferenceTraining stage : configuration.align().stages()) {
            if (stage.reverses()) {
                steps.add(reverse(stage));
            }
            steps.add(align(stage));
        }
        return steps;
    }

    /** Steps of the curriculum that make a model, in order: given weights, the proxy's stages, the expansion, the full model's. */
    static List<String> curriculum(PipelineConfiguration configuration) {
        List<String> steps = new ArrayList<>();
        if (configuration.model().weights().isPresent()) {
            steps.add(IMPORT_MODEL);
        }
        configuration.pretrain().proxy().forEach(stage -> steps.add(pretrain(stage)));
        if (!configuration.pretrain().proxy().isEmpty()) {
            steps.add(EXPAND_WIDTH);
        }
        configuration.pretrain().full().forEach(stage -> steps.add(pretrain(stage)));
        return steps;
    }

    /** Step that makes the model which finetuning starts from. */
    static String lastPretrain(PipelineConfiguration configuration) {
        List<String> steps = curriculum(configuration);
        return steps.get(steps.size() - 1);
    }

    /** Steps that make a model, the end of the line first. */
    public static List<String> modelsFromTheLast(PipelineConfiguration configuration) {
        List<String> steps = curriculum(configuration);
        steps.add(FINETUNE);
        steps.add(MERGE_CHECKPOINTS);
        configuration.align().stages().forEach(stage -> steps.add(align(stage)));
        Collections.reverse(steps);
        return steps;
    }

    /** Every step of heavy work that some job has, in the order of the recipe. */
    public static List<String> workSteps(PipelineConfiguration configuration) {
        List<String> steps = new ArrayList<>(List.of(
                CurateVideosPlanner.STEP,
                CompareClipsPlanner.STEP,
                CheckFiltersPlanner.STEP,
                CaptionClipsPlanner.STEP,
                VaePlanner.STEP,
                EncodeLatentsPlanner.STEP));
        if (configuration.model().weights().isPresent()) {
            steps.add(IMPORT_MODEL);
        }
        if (configuration.pretrain().search().isPresent()) {
            steps.addAll(List.of(SEARCH_PROXY, CHOOSE_TRIAL));
        }
        configuration.pretrain().proxy().forEach(stage -> steps.add(pretrain(stage)));
        if (!configuration.pretrain().proxy().isEmpty()) {
            steps.add(EXPAND_WIDTH);
        }
        configuration.pretrain().full().forEach(stage -> steps.add(pretrain(stage)));
        steps.addAll(List.of(FINETUNE, MERGE_CHECKPOINTS, GeneratePreferencesPlanner.STEP));
        steps.addAll(alignment(configuration));
        steps.add(EvaluateVaePlanner.STEP);
        if (rewritesPrompts(configuration)) {
            steps.add(RewritePromptsPlanner.STEP);
        }
        steps.addAll(List.of(EvaluateModelPlanner.STEP, BenchmarkModelPlanner.STEP, RankCheckPlanner.STEP));
        return List.copyOf(steps);
    }

    /** Whether a service puts the evaluation's prompts into other words. */
    static boolean rewritesPrompts(PipelineConfiguration configuration) {
        return configuration.evaluate().wording() == PromptWording.REWRITTEN
                && !configuration.evaluate().prompts().isEmpty();
    }

    /** Step whose videos are shown to people who label by questions of this kind. */
    public static String shownBy(LabelKind kind) {
        return switch (kind) {
            case CLIP_REVIEW -> CurateVideosPlanner.STEP;
            case PAIRWISE, ABSOLUTE -> GeneratePreferencesPlanner.STEP;
            case HUMAN_EVALUATION -> EvaluateModelPlanner.STEP;
        };
    }

    /** Step that makes the final model. */
    static String lastAlign(PipelineConfiguration configuration) {
        List<PreferenceTraining> stages = configuration.align().stages();
        return align(stages.get(stages.size() - 1));
    }
}
