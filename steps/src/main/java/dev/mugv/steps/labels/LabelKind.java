package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is asked about an item (mugv.md, sections 1.2 and 5.7). Names stand in the database: they are only added to. */
public enum LabelKind {
    /** A clip for finetuning: any failure rejects it. */
    CLIP_REVIEW(
            "clip-review",
            List.of(
                    LabelAxis.passOrFail(
                            "motion-continuity", "Is the motion continuous (no jump, no change of speed)?"),
                    LabelAxis.passOrFail(
                            "content-stability", "Is it one scene throughout (no cut, dissolve or stitching)?"),
                    LabelAxis.passOrFail(
                            "visual-fidelity", "Is the picture clear (no heavy processing, text or border)?"))),
    /** Two generated videos of the same conditioning. */
    PAIRWISE(
            "pairwise",
            List.of(
                    LabelAxis.sides("aesthetics", "Which looks better?"),
                    LabelAxis.sides("motion", "Which moves more smoothly?"),
                    LabelAxis.sides("errors", "Which has the milder errors?"))),
    /** One generated video: it passes when it passes on every axis. */
    ABSOLUTE(
            "absolute",
            List.of(
                    LabelAxis.passOrFail("semantic-match", "Does it show what the text says?"),
                    LabelAxis.passOrFail("subject-preserved", "Does the subject stay the same throughout?"),
                    LabelAxis.passOrFail("free-of-errors", "Is it free of errors of physics and rendering?"))),
    /** The blind evaluation in three stages: a stage is asked only of what the one before let pass. */
    HUMAN_EVALUATION(
            "human-evaluation",
            List.of(
                    LabelAxis.stage("", "realistic", "Could it be a real recording, free of visible errors?"),
                    LabelAxis.stage(
                            "realistic", "faithful", "Is what was given unchanged (colour, material, texture, shape)?"),
                    LabelAxis.stage(
                            "faithful", "high-quality", "Is it of high quality by a professional's standard?")));

    /** Answers to whether something is so. */
    public static final String YES = "yes";

    public static final String NO = "no";
    /** Answers to which of two it is. */
    public static final String FIRST = "first";

    public static final String SECOND = "second";
    public static final String TIE = "tie";
    /** Answers to whether something will do. */
    public static final String PASS = "pass";

    public static final String FAIL = "fail";

    private final String label;
    private final List<LabelAxis> axes;

    LabelKind(String label, List<LabelAxis> axes) {
        this.label = label;
        this.axes = axes;
    }

    /** The kind of a name as people write it. */
    public static Optional<LabelKind> of(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }

    /** As people write it, for example {@code clip-review}. */
    public String label() {
        return label;
    }

    /** The questions in their order. */
    public List<LabelAxis> axes() {
        return axes;
    }

    /** Whether an item shows two videos. */
    public boolean isOfPairs() {
        return this == PAIRWISE;
    }

    /** Names of the axes in their order. */
    public List<String> axisNames() {
        return axes.stream().map(LabelAxis::name).toList();
    }

    /**
     * The answers, if they are all that is asked and no more.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming the axis
     */
    public SortedMap<String, String> requireAnswers(Map<String, String> given) {
        faults(given).entrySet().stream().findFirst().ifPresent(fault -> {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot take the label: '%s': %s. Answer every question that is asked."
                            .formatted(fault.getKey(), fault.getValue()));
        });
        return new TreeMap<>(given);
    }

    /** What is wrong with answers, by axis; empty when nothing is. */
    public Map<String, String> faults(Map<String, String> given) {
        Map<String, String> faults = new TreeMap<>();
        for (LabelAxis axis : axes) {
            boolean asked =
                    axis.asked().map(before -> YES.equals(given.get(before))).orElse(true);
            String answer = given.getOrDefault(axis.name(), "");
            if (asked && !axis.answers().contains(answer)) {
                faults.put(axis.name(), "expected one of %s, found '%s'".formatted(axis.answers(), answer));
            } else if (!asked && !answer.isEmpty()) {
                faults.put(
                        axis.name(),
                        "expected no answer, because '%s' was not answered with yes, found '%s'"
                                .formatted(axis.asked().orElse(""), answer));
            }
        }
        given.keySet().stream()
                .filter(axis -> !axisNames().contains(axis))
                .forEach(axis -> faults.put(axis, "expected an axis of %s, found another".formatted(axisNames())));
        return faults;
    }

    /** What answers come to as a whole: a value that annotators agree or disagree about. */
    public String verdict(Map<String, String> answers) {
        return switch (this) {
            case CLIP_REVIEW, ABSOLUTE -> answers.containsValue(FAIL) ? FAIL : PASS;
            case PAIRWISE -> preferred(answers);
            case HUMAN_EVALUATION -> stage(answers);
        };
    }

    private static String preferred(Map<String, String> answers) {
        Map<String, Long> votes =
                answers.values().stream().collect(Collectors.groupingBy(side -> side, Collectors.counting()));
        long first = votes.getOrDefault(FIRST, 0L);
        long second = votes.getOrDefault(SECOND, 0L);
        return first > second ? FIRST : second > first ? SECOND : TIE;
    }

    /** The last stage that was passed, in the order recognised, realistic, faithful, high-quality. */
    private static String stage(Map<String, String> answers) {
        String reached = "recognised";
        for (LabelAxis axis : HUMAN_EVALUATION.axes) {
            if (!YES.equals(answers.get(axis.name()))) {
                break;
            }
            reached = axis.name();
        }
        return reached;
    }
}
