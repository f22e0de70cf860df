package dev.mugv.steps.alignment;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.labels.LabelAnswers.AnsweredItem;
import dev.mugv.steps.labels.LabelEvidence;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelQuestion;
import dev.mugv.steps.labels.LabelRequests;
import dev.mugv.steps.labels.LabelSources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Preferences by the majority of people: pairs for stages with DPO, passes and fails for those with KTO. Nobody is asked for RDPO.
 *
 * @param requests by which people are asked
 * @param sources what they are shown
 * @param stages that learn from it
 */
public record MajorityPreferences(LabelRequests requests, LabelSources sources, List<PreferenceTraining> stages) {
    public MajorityPreferences {
        stages = List.copyOf(stages);
    }

    /** What came of asking. */
    public sealed interface Outcome {
        /** People have to label first. */
        record Waiting(LabelAnswers.Waiting answers) implements Outcome {}

        /**
         * All is labelled.
         *
         * @param figures how many items of each kind came to a tie, or to no majority
         */
        record Labelled(PreferenceLabels labels, LabelEvidence evidence, Map<String, Double> figures)
                implements Outcome {}
    }

    /**
     * Asks people; to be called in a transaction.
     *
     * @param step that waits
     * @param people how they are asked
     * @throws WorkFailure of kind INVALID_REQUEST when their labels leave too few for a stage
     */
    public Outcome ask(String run, String step, AnnotationRequest people) {
        List<LabelKind> kinds = Stream.of(LabelKind.PAIRWISE, LabelKind.ABSOLUTE)
                .filter(kind -> stages.stream().anyMatch(stage -> stage.losses().contains(loss(kind))))
                .toList();
        List<LabelQuestion> questions = kinds.stream()
                .map(kind -> new LabelQuestion(
                        kind,
                        kind == LabelKind.PAIRWISE ? "pairs" : "samples",
                        people,
                        LabelQuestion.Reuse.ITEMS,
                        sources.shown(run, kind, GeneratePreferencesPlanner.STEP)))
                .toList();
        LabelAnswers answers = requests.ask(step, questions);
        if (answers instanceof LabelAnswers.Waiting waiting) {
            return new Outcome.Waiting(waiting);
        }
        Collected collected = new Collected();
        List<List<AnsweredItem>> complete = ((LabelAnswers.Complete) answers).answers();
        for (int kind = 0; kind < kinds.size(); kind++) {
            collected.add(kinds.get(kind), complete.get(kind));
        }
        requireEnough(run, collected);
        return collected.labelled();
    }

    private static Loss loss(LabelKind kind) {
        return kind == LabelKind.PAIRWISE ? Loss.DPO : Loss.KTO;
    }

    private void requireEnough(String run, Collected collected) {
        for (PreferenceTraining stage : stages) {
            for (Loss loss : stage.losses()) {
                boolean enough = switch (loss) {
                    case DPO -> !collected.pairs.isEmpty();
                    case KTO -> collected.count(Verdict.PASS) > 0 && collected.count(Verdict.FAIL) > 0;
                    case RDPO -> true;
                };
                if (!enough) {
                    throw new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot align run '%s': stage '%s' (%s) expects %s, and people's majorities left %s. Generate more samples by 'align.prompts' or 'align.samples-per-prompt'; what is labelled stays."
                                    .formatted(
                                            run,
                                            stage.name(),
                                            loss.name().toLowerCase(java.util.Locale.ROOT),
                                            loss == Loss.DPO
                                                    ? "at least one preferred sample"
                                                    : "at least one sample that passed and one that failed",
                                            collected.text(loss)));
                }
            }
        }
    }

    /** Verdicts as they are taken in. */
    private static final class Collected {
        private final List<Pair> pairs = new ArrayList<>();
        private final List<Absolute> absolutes = new ArrayList<>();
        private final SortedMap<String, String> givenBy = new TreeMap<>();
        private final Map<String, List<GivenLabel>> given = new TreeMap<>();
        private final List<Agreement> agreements = new ArrayList<>();
        private final Map<String, Double> figures = new TreeMap<>();

        void add(LabelKind kind, List<AnsweredItem> items) {
            int ties = 0;
            int undecided = 0;
            for (AnsweredItem answered : items) {
                String verdict = answered.verdict().orElse("");
                switch (verdict) {
                    case "" -> undecided++;
                    case LabelKind.TIE -> ties++;
                    default -> take(kind, answered, verdict);
                }
            }
            String of = kind == LabelKind.PAIRWISE ? "pairs" : "samples";
            if (kind == LabelKind.PAIRWISE) {
                figures.put(of + "-tied", (double) ties);
            }
            figures.put(of + "-without-majority", (double) undecided);
            Agreement agreement = agreement(items);
            agreements.add(agreement);
            agreement.axes().stream()
                    .filter(axis -> axis.axis().equals(Agreement.VERDICT))
                    .flatMap(axis -> axis.alpha().stream())
                    .forEach(alpha -> figures.put(of + "-alpha", alpha));
        }

        /** Of the items that count, whichever batches they were labelled in. */
        private static Agreement agreement(List<AnsweredItem> items) {
            List<LabelItem> shown = items.stream().map(AnsweredItem::item).toList();
            List<GivenLabel> standing =
                    items.stream().flatMap(item -> item.given().stream()).toList();
            return Agreement.of(items.get(0).batch(), shown, standing);
        }

        private void take(LabelKind kind, AnsweredItem answered, String verdict) {
            List<String> shown = answered.item().subjects().stream()
                    .map(subject -> subject.subjectId())
                    .toList();
            // A function of the samples alone: the order of labels decides which ones a training draws.
            String id = "people-" + shown.stream().sorted().collect(Collectors.joining("-"));
            boolean first = verdict.equals(LabelKind.FIRST);
            if (kind == LabelKind.PAIRWISE) {
                pairs.add(new Pair(id, shown.get(first ? 0 : 1), shown.get(first ? 1 : 0)));
            } else {
                absolutes.add(
                        new Absolute(id, shown.get(0), verdict.equals(LabelKind.PASS) ? Verdict.PASS : Verdict.FAIL));
            }
            given.put(id, answered.given());
            givenBy.put(
                    id,
                    answered.given().stream()
                            .map(label -> label.annotator() + ":" + word(kind.verdict(label.answers()), verdict))
                            .collect(Collectors.joining(" ")));
        }

        /** Sides are an accident of the batch. */
        private static String word(String said, String verdict) {
            return switch (said) {
                case LabelKind.FIRST, LabelKind.SECOND -> said.equals(verdict) ? "winner" : "loser";
                default -> said;
            };
        }

        long count(Verdict verdict) {
            return absolutes.stream()
                    .filter(label -> label.verdict() == verdict)
                    .count();
        }

        String text(Loss loss) {
            return loss == Loss.DPO
                    ? "none (%.0f ties, %.0f without a majority)"
                            .formatted(
                                    figures.getOrDefault("pairs-tied", 0.0),
                                    figures.getOrDefault("pairs-without-majority", 0.0))
                    : "%d passes and %d fails (%.0f without a majority)"
                            .formatted(
                                    count(Verdict.PASS),
                                    count(Verdict.FAIL),
                                    figures.getOrDefault("samples-without-majority", 0.0));
        }

        Outcome.Labelled labelled() {
            return new Outcome.Labelled(
                    new PreferenceLabels(pairs, absolutes, givenBy), new LabelEvidence(given, agreements), figures);
        }
    }
}
