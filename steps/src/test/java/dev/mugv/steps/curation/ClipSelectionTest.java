package dev.mugv.steps.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.Range;
import dev.mugv.model.config.TaggedGroup;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DuplicatePair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClipSelectionTest {
    private static final SelectionRules RULES =
            new SelectionRules(new TreeMap<>(Map.of("motion", new Range(1, 20))), 1, 0.25, 2, 0.5, 7);

    private static CatalogedClip clip(String id, int width, double sharpness, double motion) {
        return new CatalogedClip(
                id,
                "v".repeat(64),
                0,
                50,
                25,
                width,
                360,
                EntryPoint.START,
                new TreeMap<>(Map.of("sharpness", sharpness, "motion", motion, "aesthetic", 5.0)));
    }

    @Test
    void aClipOutsideAFilterIsRejectedWithTheNumbersBehindIt() {
        List<ClipDecision> decisions = new ClipSelection(RULES).filter(List.of(clip("a", 640, 100, 0.25)), List.of());
        assertThat(decisions)
                .containsExactly(ClipDecision.reject("a", "motion too low", "0.2500, kept are 1.000 to 20.00"));
    }

    @Test
    void theLargestOfTwoDuplicatesSurvives() {
        List<ClipDecision> decisions = new ClipSelection(RULES)
                .filter(
                        List.of(clip("a", 320, 900, 5), clip("b", 640, 100, 5)),
                        List.of(new DuplicatePair("a", "b", 0.1)));
        assertThat(decisions)
                .containsExactly(
                        ClipDecision.reject("a", "near-duplicate", "same material as b"), ClipDecision.keep("b"));
    }

    @Test
    void aClipWhoseTwinWasRejectedByAFilterIsKept() {
        List<ClipDecision> decisions = new ClipSelection(RULES)
                .filter(
                        List.of(clip("a", 640, 900, 50), clip("b", 320, 100, 5)),
                        List.of(new DuplicatePair("a", "b", 0.1)));
        assertThat(decisions.get(1)).isEqualTo(ClipDecision.keep("b"));
    }

    @Test
    void duplicatesOfOneClipDoNotRejectEachOthersNeighbours() {
        List<ClipDecision> decisions = new ClipSelection(RULES)
                .filter(
                        List.of(clip("a", 640, 1, 5), clip("b", 320, 1, 5), clip("c", 640, 1, 5)),
                        List.of(new DuplicatePair("a", "b", 0.1), new DuplicatePair("b", "c", 0.1)));
        assertThat(decisions).extracting(ClipDecision::isKept).containsExactly(true, false, true);
    }

    @Test
    void rareTagsWeighMoreAndTheMeanWeightOfTrainingClipsIsOne() {
        List<CatalogedClip> clips =
                IntStream.range(0, 8).mapToObj(i -> clip("c" + i, 640, i, 5)).toList();
        List<ClipCaption> captions = IntStream.range(0, 8)
                .mapToObj(i -> new ClipCaption("c" + i, "", "csv", List.of(i < 2 ? "rare" : "common")))
                .toList();
        ClipSelection selection = new ClipSelection(RULES);
        List<ClipDecision> decisions = selection.balance(selection.filter(clips, List.of()), clips, captions);
        assertThat(decisions.stream().filter(ClipDecision::heldOut)).hasSize(2);
        List<ClipDecision> training =
                decisions.stream().filter(d -> !d.heldOut()).toList();
        assertThat(training.stream().mapToDouble(ClipDecision::weight).average().orElseThrow())
                .isCloseTo(1, within(1e-12));
        assertThat(training.stream().filter(ClipDecision::finetune)).hasSize(3);
    }

    @Test
    void addingAClipDoesNotMoveOthersOutOfTheHeldOutSetUnlessItTakesTheirPlace() {
        ClipSelection selection = new ClipSelection(RULES);
        List<CatalogedClip> eight =
                IntStream.range(0, 8).mapToObj(i -> clip("c" + i, 640, i, 5)).toList();
        List<CatalogedClip> seven = eight.subList(0, 7);
        List<String> before = heldOut(selection, seven);
        List<String> after = heldOut(selection, eight);
        assertThat(after).hasSize(2);
        assertThat(after.contains("c7") || after.equals(before)).isTrue();
    }

    @Test
    void clipsLongEnoughForEveryStageAreHeldOutFirst() {
        ClipSelection selection = new ClipSelection(new SelectionRules(new TreeMap<>(), 1, 0.25, 4, 0.5, 7));
        CatalogedClip longer = new CatalogedClip(
                "long",
                "v".repeat(64),
                0,
                125,
                25,
                640,
                360,
                EntryPoint.START,
                clip("x", 640, 1, 1).scores());
        List<CatalogedClip> clips = List.of(clip("a", 640, 1, 5), clip("b", 640, 1, 5), longer);
        assertThat(heldOut(selection, clips)).containsExactly("long");
    }

    @Test
    void whatPeopleRejectLeavesFinetuningWithTheReasonAndNothingTakesItsPlace() {
        ClipSelection selection = new ClipSelection(RULES);
        List<CatalogedClip> clips =
                IntStream.range(0, 8).mapToObj(i -> clip("c" + i, 640, i, 5)).toList();
        List<ClipDecision> filtered = selection.filter(clips, List.of());
        List<ClipDecision> before = selection.balance(filtered, clips, List.of());
        List<String> chosen = before.stream()
                .filter(ClipDecision::finetune)
                .map(ClipDecision::clipId)
                .toList();
        List<ClipDecision> after =
                selection.balance(filtered, clips, List.of(), Map.of(chosen.get(0), "motion-continuity 2"));
        assertThat(after.stream().filter(ClipDecision::finetune).map(ClipDecision::clipId))
                .containsExactlyElementsOf(chosen.subList(1, chosen.size()));
        ClipDecision rejected = after.stream()
                .filter(decision -> decision.clipId().equals(chosen.get(0)))
                .findFirst()
                .orElseThrow();
        assertThat(rejected.isKept()).isTrue();
        assertThat(rejected.choice().review()).isEqualTo("motion-continuity 2");
    }

    @Test
    void clipsOfATaggedGroupAreFinetunedOnMoreOftenAndTheCompositeScoreIsKept() {
        List<CatalogedClip> clips =
                IntStream.range(0, 4).mapToObj(i -> clip("c" + i, 640, i, 5)).toList();
        List<ClipCaption> captions = IntStream.range(0, 4)
                .mapToObj(i -> new ClipCaption("c" + i, "", "csv", List.of(i % 2 == 0 ? "person" : "bridge")))
                .toList();
        ClipSelection selection = new ClipSelection(new SelectionRules(
                new TreeMap<>(),
                0,
                0,
                0,
                1,
                List.of(new TaggedGroup(List.of("person", "hand"), 3), new TaggedGroup(List.of("person"), 2)),
                7));
        List<ClipDecision> decisions = selection.balance(selection.filter(clips, List.of()), clips, captions);
        assertThat(decisions).extracting(decision -> decision.choice().weight()).containsExactly(3.0, 1.0, 3.0, 1.0);
        // Pretraining sees them as before.
        assertThat(decisions).extracting(ClipDecision::weight).containsOnly(1.0);
        assertThat(decisions)
                .extracting(decision -> decision.choice().composite())
                .isSorted()
                .last()
                .isEqualTo(1.0);
    }

    private static List<String> heldOut(ClipSelection selection, List<CatalogedClip> clips) {
        return selection.balance(selection.filter(clips, List.of()), clips, List.of()).stream()
                .filter(ClipDecision::heldOut)
                .map(ClipDecision::clipId)
                .toList();
    }
}
