package dev.mugv.steps.training;

import dev.mugv.model.format.WeightedClip;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import java.util.List;

/** Which clips of a run are trained on, finetuned on, and held out. */
public final class TrainingClips {
    private final DecisionCatalog decisions;
    private final String run;

    public TrainingClips(DecisionCatalog decisions, String run) {
        this.decisions = decisions;
        this.run = run;
    }

    /** Clips of pretraining with their weights. */
    public List<WeightedClip> pretraining() {
        return kept().stream()
                .filter(decision -> !decision.heldOut())
                .map(decision -> new WeightedClip(decision.clipId(), decision.weight()))
                .toList();
    }

    /** The best clips, for supervised finetuning. */
    public List<WeightedClip> finetuning() {
        return kept().stream()
                .filter(ClipDecision::finetune)
                .map(decision -> new WeightedClip(decision.clipId(), decision.weight()))
                .toList();
    }

    /** Clips that only validation sees. */
    public List<String> heldOut() {
        return kept().stream()
                .filter(ClipDecision::heldOut)
                .map(ClipDecision::clipId)
                .toList();
    }

    private List<ClipDecision> kept() {
        return decisions.decisions(run).stream().filter(ClipDecision::isKept).toList();
    }
}
