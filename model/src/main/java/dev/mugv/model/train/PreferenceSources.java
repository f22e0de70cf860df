package dev.mugv.model.train;

import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import java.util.List;

/**
 * What preference losses are computed on.
 *
 * @param labels of people and rules
 * @param reversals pairs made by reverse sampling
 */
record PreferenceSources(PreferenceLabels labels, List<Pair> reversals) {
    PreferenceSources {
        reversals = List.copyOf(reversals);
    }

    /** Pairs of a loss that has such. */
    List<Pair> pairs(Loss loss) {
        return switch (loss) {
            case DPO -> labels.pairs();
            case RDPO -> reversals;
            case KTO -> List.of();
        };
    }

    List<Absolute> absolutes(Verdict verdict) {
        return labels.absolutes().stream()
                .filter(label -> label.verdict() == verdict)
                .toList();
    }

    /** Whether a batch of a loss can be drawn. */
    boolean suffice(Loss loss) {
        return switch (loss) {
            case DPO, RDPO -> !pairs(loss).isEmpty();
            case KTO ->
                !absolutes(Verdict.PASS).isEmpty() && !absolutes(Verdict.FAIL).isEmpty();
        };
    }
}
