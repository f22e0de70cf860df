package dev.mugv.steps.curation;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.labels.LabelAnswers;
import java.util.List;
import java.util.Optional;

/** Steps {@code filter-clips}, {@code balance-clips} and {@code review-clips}: {@link ClipSelection} over the catalogs. */
public final class ClipDeciding {
    public static final String FILTER_STEP = "filter-clips";
    public static final String BALANCE_STEP = "balance-clips";
    public static final String REVIEW_STEP = "review-clips";

    private final VideoCatalog videos;
    private final ClipCatalog clips;
    private final DecisionCatalog decisions;
    private final ClipSelection selection;
    private final ClipReview review;

    public ClipDeciding(
            VideoCatalog videos,
            ClipCatalog clips,
            DecisionCatalog decisions,
            SelectionRules rules,
            ClipReview review) {
        this.videos = videos;
        this.clips = clips;
        this.decisions = decisions;
        this.selection = new ClipSelection(rules);
        this.review = review;
    }

    /** Clips of a run's admitted videos. */
    public List<CatalogedClip> clips(String run) {
        return clips.ofVideos(videos.admitted(run).stream()
                .map(SourceVideo::sha256)
                .flatMap(Optional::stream)
                .toList());
    }

    /** Applies filters and duplicates; to be called in a transaction, safe to repeat. */
    public void filter(String run) {
        decisions.replaceDecisions(run, selection.filter(clips(run), decisions.duplicates(run)));
    }

    /**
     * Checks that enough is left; to be called after {@link #filter} is committed, so that the reasons can be looked at.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when fewer than two clips are kept: one is trained
     *     on, one is held out
     */
    public void requireEnough(String run) {
        List<ClipDecision> decided = decisions.decisions(run);
        long kept = decided.stream().filter(ClipDecision::isKept).count();
        if (kept >= 2) {
            return;
        }
        String example = decided.stream()
                .filter(decision -> !decision.isKept())
                .map(decision -> "clip %s: %s (%s)".formatted(decision.clipId(), decision.reason(), decision.detail()))
                .findFirst()
                .orElse("no clip was cut");
        throw new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot go on with run '%s': %d of %d clips kept, at least 2 are needed; %s. Loosen 'curation.filters' or add videos; 'mugv clips' shows every reason."
                        .formatted(run, kept, decided.size(), example));
    }

    /** Weights clips, holds some out, chooses some for finetuning; to be called in a transaction, safe to repeat. */
    public void balance(String run) {
        decisions.replaceDecisions(
                run,
                selection.balance(decisions.decisions(run), clips(run), decisions.captions(run), review.rejections()));
    }

    /**
     * Takes in what people said of the clips for finetuning, and asks them about the rest; to be called in a transaction, safe to repeat.
     *
     * @return what is waited for; empty when every clip is decided
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when they rejected all
     */
    public Optional<LabelAnswers.Waiting> review(String run) {
        balance(run);
        return review.ask(run, REVIEW_STEP, decisions.decisions(run));
    }
}
