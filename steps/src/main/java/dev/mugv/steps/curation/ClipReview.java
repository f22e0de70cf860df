package dev.mugv.steps.curation;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelReader;
import dev.mugv.steps.labels.LabelSubject;
import dev.mugv.steps.labels.MajorityVerdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What people said of the clips for finetuning, on three axes of which any failure rejects (mugv.md, section 1.2).
 *
 * @param labels the label store
 * @param batch name of the batch that counts; empty where nobody is asked
 */
public record ClipReview(LabelReader labels, Optional<String> batch) {
    /** Why the majority rejected a clip, by its id; clips that are not decided are not among them. */
    public Map<String, String> rejections(String run) {
        Optional<LabelBatch> found = batch.flatMap(name -> labels.find(run, name));
        if (found.isEmpty()) {
            return Map.of();
        }
        requireReview(found.get());
        List<GivenLabel> standing = labels.standing(found.get());
        Map<String, String> rejections = new TreeMap<>();
        for (MajorityVerdict verdict : MajorityVerdict.of(found.get(), labels.items(found.get()), standing)) {
            if (verdict.isComplete()
                    && verdict.verdict().filter(LabelKind.FAIL::equals).isPresent()) {
                rejections.put(
                        verdict.item().subjects().get(0).subjectId(),
                        reason(found.get(), verdict.item().itemId(), standing));
            }
        }
        return rejections;
    }

    /** For example {@code rejected by 2 of 3 annotators in 'sft': motion-continuity 2, visual-fidelity 1}. */
    private static String reason(LabelBatch batch, String itemId, List<GivenLabel> standing) {
        List<GivenLabel> given =
                standing.stream().filter(label -> label.itemId().equals(itemId)).toList();
        Map<String, Integer> failures = new TreeMap<>();
        given.forEach(label -> label.answers().forEach((axis, answer) -> {
            if (answer.equals(LabelKind.FAIL)) {
                failures.merge(axis, 1, Integer::sum);
            }
        }));
        long against = given.stream()
                .filter(label -> batch.kind().verdict(label.answers()).equals(LabelKind.FAIL))
                .count();
        return "rejected by %d of %d annotators in '%s': %s"
                .formatted(
                        against,
                        given.size(),
                        batch.name(),
                        failures.entrySet().stream()
                                .map(axis -> axis.getKey() + " " + axis.getValue())
                                .collect(Collectors.joining(", ")));
    }

    /**
     * Checks that every clip which scores and people leave for finetuning has all its labels, and that there is one.
     *
     * @param decisions with the rejections taken in
     * @throws WorkFailure of kind INVALID_REQUEST saying what is to be labelled, and how
     */
    public void requireComplete(String run, List<ClipDecision> decisions) {
        String name = batch.orElseThrow();
        List<String> chosen = decisions.stream()
                .filter(decision ->
                        decision.finetune() || !decision.choice().review().isEmpty())
                .map(ClipDecision::clipId)
                .toList();
        LabelBatch found = labels.find(run, name)
                .orElseThrow(() -> waiting(
                        run,
                        "%d clips wait for review '%s', which was not opened".formatted(chosen.size(), name),
                        "Open it by 'mugv labels open --kind clip-review --name %s', label them at /annotate"
                                .formatted(name)));
        requireReview(found);
        Set<String> complete = MajorityVerdict.of(found, labels.items(found), labels.standing(found)).stream()
                .filter(MajorityVerdict::isComplete)
                .flatMap(verdict -> verdict.item().subjects().stream())
                .map(LabelSubject::subjectId)
                .collect(Collectors.toSet());
        long open = chosen.stream().filter(id -> !complete.contains(id)).count();
        if (open > 0) {
            throw waiting(
                    run,
                    "%d of %d clips wait for their labels in review '%s'".formatted(open, chosen.size(), name),
                    "Label them at /annotate of 'mugv serve --annotate', or import labels");
        }
        if (decisions.stream().noneMatch(ClipDecision::finetune)) {
            throw waiting(
                    run,
                    "review '%s' rejected all %d clips".formatted(name, chosen.size()),
                    "Raise 'finetune.share' and open another review");
        }
    }

    private static void requireReview(LabelBatch batch) {
        if (batch.kind() != LabelKind.CLIP_REVIEW) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use labels '%s' as a review of clips: expected kind clip-review, found %s. Correct 'finetune.review'."
                            .formatted(batch.name(), batch.kind().label()));
        }
    }

    private static WorkFailure waiting(String run, String fact, String next) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot finetune run '%s': %s. %s; then go on with 'mugv resume'.".formatted(run, fact, next));
    }
}
