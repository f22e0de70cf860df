package dev.mugv.steps.labels;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The blind evaluation as a table: how often each method passed each stage by the majority of annotators, and which method
 * won on the prompts that two have in common.
 *
 * @param agreement of the annotators
 * @param methods by name
 * @param duels every two methods
 */
public record HumanStudy(Agreement agreement, List<MethodRow> methods, List<Duel> duels) {
    public HumanStudy {
        methods = List.copyOf(methods);
        duels = List.copyOf(duels);
    }

    /**
     * A method.
     *
     * @param items that have all their labels
     * @param stages how many of them passed each stage, by its axis
     */
    public record MethodRow(String method, int items, Map<String, ExactBinomial> stages) {}

    /**
     * Two methods on the same prompts, by the last stage that each passed.
     *
     * @param prompts that both were shown with
     * @param wins of the first, among those where one went further than the other
     */
    public record Duel(String one, String other, int prompts, ExactBinomial wins) {
        /** What may be said of the difference, in words. */
        public String claim() {
            if (wins.isTooFew()) {
                return "too few: %d prompts tell them apart, and even all of one mind would show no difference"
                        .formatted(wins.trials());
            }
            if (!wins.showsDifference()) {
                return "no difference shown";
            }
            return "%s is better".formatted(wins.share() > 0.5 ? one : other);
        }
    }

    /** Looks at a batch of kind {@link LabelKind#HUMAN_EVALUATION} as it stands; only complete items count. */
    public static HumanStudy of(LabelReader reader, LabelBatch batch) {
        List<LabelItem> items = reader.items(batch);
        List<GivenLabel> standing = reader.standing(batch);
        Map<String, Map<String, Integer>> stageByPrompt = new TreeMap<>();
        for (MajorityVerdict verdict : MajorityVerdict.of(batch, items, standing)) {
            if (verdict.isComplete()) {
                LabelSubject subject = verdict.item().subjects().get(0);
                stageByPrompt
                        .computeIfAbsent(subject.method(), method -> new HashMap<>())
                        .put(subject.subjectId(), passed(verdict.verdict().orElse("")));
            }
        }
        List<MethodRow> methods = new ArrayList<>();
        stageByPrompt.forEach((method, stages) -> methods.add(row(method, stages)));
        List<String> names = List.copyOf(stageByPrompt.keySet());
        List<Duel> duels = new ArrayList<>();
        for (int one = 0; one < names.size(); one++) {
            for (int other = one + 1; other < names.size(); other++) {
                duels.add(duel(names.get(one), names.get(other), stageByPrompt));
            }
        }
        return new HumanStudy(Agreement.of(batch, items, standing), methods, duels);
    }

    private static int passed(String verdict) {
        return LabelKind.HUMAN_EVALUATION.axisNames().indexOf(verdict) + 1;
    }

    private static MethodRow row(String method, Map<String, Integer> stages) {
        Map<String, ExactBinomial> passed = new TreeMap<>();
        List<String> axes = LabelKind.HUMAN_EVALUATION.axisNames();
        for (int stage = 1; stage <= axes.size(); stage++) {
            int least = stage;
            int count =
                    (int) stages.values().stream().filter(each -> each >= least).count();
            passed.put(axes.get(stage - 1), new ExactBinomial(count, stages.size()));
        }
        return new MethodRow(method, stages.size(), passed);
    }

    private static Duel duel(String one, String other, Map<String, Map<String, Integer>> stageByPrompt) {
        Map<String, Integer> first = Objects.requireNonNull(stageByPrompt.get(one));
        Map<String, Integer> second = Objects.requireNonNull(stageByPrompt.get(other));
        int prompts = 0;
        int wins = 0;
        int losses = 0;
        for (Map.Entry<String, Integer> each : first.entrySet()) {
            Integer against = second.get(each.getKey());
            if (against != null) {
                prompts++;
                wins += each.getValue() > against ? 1 : 0;
                losses += each.getValue() < against ? 1 : 0;
            }
        }
        return new Duel(one, other, prompts, new ExactBinomial(wins, wins + losses));
    }
}
