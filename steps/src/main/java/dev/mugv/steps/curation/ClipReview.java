package dev.mugv.steps.curation;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.labels.LabelAnswers.AnsweredItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelQuestion;
import dev.mugv.steps.labels.LabelRequests;
import dev.mugv.steps.labels.LabelSources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What people said of the clips for finetuning, on three axes of which any failure rejects (mugv.md, section 1.2).
 *
 * @param requests by which they are asked
 * @param sources what they are shown
 * @param people how they are asked; empty where nobody is
 */
public record ClipReview(LabelRequests requests, LabelSources sources, Optional<AnnotationRequest> people) {
    private static final String WORD = "review";

    /** Why the majority rejected a clip, by its id; clips that are not decided are not among them. */
    public Map<String, String> rejections() {
        Map<String, String> rejections = new TreeMap<>();
        people.stream()
                .flatMap(each -> requests.answered(LabelKind.CLIP_REVIEW, each.annotators()).stream())
                .filter(answered ->
                        answered.verdict().filter(LabelKind.FAIL::equals).isPresent())
                .forEach(answered ->
                        rejections.put(answered.item().subjects().get(0).subjectId(), reason(answered)));
        return rejections;
    }

    /** For example {@code rejected by 2 of 3 annotators in 'review-1a2b3c4d': motion-continuity 2, visual-fidelity 1}. */
    private static String reason(AnsweredItem answered) {
        Map<String, Integer> failures = new TreeMap<>();
        answered.given()
                .forEach(label -> label.answers().forEach((axis, answer) -> {
                    if (answer.equals(LabelKind.FAIL)) {
                        failures.merge(axis, 1, Integer::sum);
                    }
                }));
        long against = answered.given().stream()
                .filter(label ->
                        answered.batch().kind().verdict(label.answers()).equals(LabelKind.FAIL))
                .count();
        return "rejected by %d of %d annotators in '%s': %s"
                .formatted(
                        against,
                        answered.given().size(),
                        answered.batch().name(),
                        failures.entrySet().stream()
                                .map(axis -> axis.getKey() + " " + axis.getValue())
                                .collect(Collectors.joining(", ")));
    }

    /**
     * Asks about every clip that scores and people leave for finetuning, or rejected; to be called in the transaction that noted the
     * decisions, which are what is shown.
     *
     * @param step that waits
     * @param decisions with the rejections taken in
     * @return what is waited for; empty when every clip is decided
     * @throws WorkFailure of kind INVALID_REQUEST when nothing is left to finetune on
     */
    public Optional<LabelAnswers.Waiting> ask(String run, String step, List<ClipDecision> decisions) {
        LabelQuestion question = new LabelQuestion(
                LabelKind.CLIP_REVIEW,
                WORD,
                people.orElseThrow(),
                LabelQuestion.Reuse.ITEMS,
                sources.shown(run, LabelKind.CLIP_REVIEW, step));
        if (requests.ask(step, List.of(question)) instanceof LabelAnswers.Waiting waiting) {
            return Optional.of(waiting);
        }
        if (decisions.stream().noneMatch(ClipDecision::finetune)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot finetune run '%s': the review rejected all %d clips. Raise 'finetune.share', so that further clips are reviewed; then go on with 'mugv resume'."
                            .formatted(run, question.shown().size()));
        }
        return Optional.empty();
    }
}
