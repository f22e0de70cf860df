package dev.mugv.steps.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.Screening;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;

class CatalogsTest {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    private static final String RUN = "test";
    private static final String VIDEO = "ab".repeat(32);

    private JdbcClient jdbc;

    @BeforeEach
    void connect() {
        jdbc = JdbcClient.create(POSTGRES.dataSource());
        jdbc.sql("TRUNCATE source_video, clip, clip_score, rejected_piece, clip_decision, clip_duplicate, clip_caption,"
                        + " stage_artifact, stage_figure, preference_label")
                .update();
    }

    private static CatalogedClip clip(String id, int first) {
        return new CatalogedClip(
                id.repeat(16),
                VIDEO,
                first,
                first + 50,
                25,
                640,
                360,
                new EntryPoint(first, 7),
                new TreeMap<>(Map.of("motion", 2.5)));
    }

    @Test
    void videosComeBackAsTheyWentAndOnlyAdmittedOnesAreOffered() {
        VideoCatalog catalog = new VideoCatalog(jdbc);
        Screening rights = new Screening("here", "MIT", "not needed", AllowedUse.TRAINING);
        SourceVideo good = new SourceVideo("b.mp4", Optional.of(VIDEO), 10, rights, State.ADMITTED, "");
        SourceVideo bad = new SourceVideo("a.mp4", Optional.empty(), 0, rights, State.UNREADABLE, "Cannot read");
        catalog.replace(RUN, List.of(good, bad));
        assertThat(catalog.all(RUN)).containsExactly(bad, good);
        assertThat(catalog.admitted(RUN)).containsExactly(good);
        catalog.note(RUN, "b.mp4", State.DAMAGED, "no frame");
        assertThat(catalog.admitted(RUN)).isEmpty();
    }

    @Test
    void replacingAVideosClipsForgetsThoseThatAreGone() {
        ClipCatalog catalog = new ClipCatalog(jdbc);
        catalog.replace(VIDEO, "k".repeat(64), List.of(clip("a", 0), clip("b", 50)), List.of());
        catalog.replace(
                VIDEO, "k".repeat(64), List.of(clip("b", 50)), List.of(new RejectedPiece(VIDEO, 0, 50, "too short")));
        assertThat(catalog.ofVideos(List.of(VIDEO))).containsExactly(clip("b", 50));
        assertThat(catalog.rejectedPieces(List.of(VIDEO))).hasSize(1);
    }

    @Test
    void aScoreThatIsNoNumberIsRefusedByTheDatabase() {
        CatalogedClip broken = new CatalogedClip(
                "c".repeat(16),
                VIDEO,
                0,
                50,
                25,
                640,
                360,
                EntryPoint.START,
                new TreeMap<>(Map.of("motion", Double.NaN)));
        assertThatThrownBy(() -> new ClipCatalog(jdbc).replace(VIDEO, "k".repeat(64), List.of(broken), List.of()))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("clip_score_value_ck");
    }

    @Test
    void decisionsDuplicatesAndCaptionsComeBack() {
        new ClipCatalog(jdbc).replace(VIDEO, "k".repeat(64), List.of(clip("a", 0), clip("b", 50)), List.of());
        DecisionCatalog catalog = new DecisionCatalog(jdbc);
        List<ClipDecision> decisions = List.of(
                new ClipDecision("a".repeat(16), "", "", 1.5, true, false),
                ClipDecision.reject("b".repeat(16), "motion too low", "0.1"));
        List<DuplicatePair> pairs = List.of(new DuplicatePair("a".repeat(16), "b".repeat(16), 0.125));
        List<ClipCaption> captions =
                List.of(new ClipCaption("a".repeat(16), "A bridge.", "csv", List.of("x:1", "y:2")));
        catalog.replaceDecisions(RUN, decisions);
        catalog.replaceDuplicates(RUN, pairs);
        catalog.putCaptions(RUN, captions);
        catalog.putCaptions(RUN, captions);
        assertThat(catalog.decisions(RUN)).isEqualTo(decisions);
        assertThat(catalog.duplicates(RUN)).isEqualTo(pairs);
        assertThat(catalog.captions(RUN)).isEqualTo(captions);
    }

    @Test
    void aStageForgetsPiecesThatItsPlanNoLongerHas() {
        StageCatalog catalog = new StageCatalog(jdbc);
        ArtifactRef ref = new ArtifactRef(TaskKind.CURATE_VIDEO, VIDEO, VIDEO);
        catalog.put(RUN, "curate-videos", 1, new StageArtifact("b.mp4", ref));
        catalog.put(RUN, "curate-videos", 0, new StageArtifact("a.mp4", ref));
        assertThat(catalog.artifacts(RUN, "curate-videos"))
                .extracting(StageArtifact::label)
                .containsExactly("a.mp4", "b.mp4");
        assertThat(catalog.findSingle(RUN, "curate-videos")).isEmpty();
        catalog.retain(RUN, "curate-videos", List.of("b.mp4"));
        assertThat(catalog.findSingle(RUN, "curate-videos")).contains(ref);
    }

    @Test
    void aFigureThatIsNotFiniteIsRefused() {
        StageCatalog catalog = new StageCatalog(jdbc);
        catalog.putFigures(RUN, "s", Map.of("loss", 1.0));
        catalog.putFigures(RUN, "s", Map.of("loss", 0.5));
        assertThat(catalog.figures(RUN, "s")).containsExactly(Map.entry("loss", 0.5));
        assertThatThrownBy(() -> catalog.putFigures(RUN, "s", Map.of("loss", Double.NaN)))
                .hasMessage("figure s/loss is NaN");
    }

    @Test
    void labelsComeBackOrderedById() {
        PreferenceLabels labels = new PreferenceLabels(
                List.of(new PreferenceLabels.Pair("p1", "x", "y")),
                List.of(
                        new PreferenceLabels.Absolute("a1", "x", PreferenceLabels.Verdict.PASS),
                        new PreferenceLabels.Absolute("a2", "y", PreferenceLabels.Verdict.FAIL)));
        LabelCatalog catalog = new LabelCatalog(jdbc);
        catalog.replace(RUN, labels, "test");
        assertThat(catalog.labels(RUN)).isEqualTo(labels);
    }

    @Test
    void statesInTheDatabaseAreThoseOfTheEnum() {
        String check = jdbc.sql(
                        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'source_video_state_ck'")
                .query(String.class)
                .single();
        Arrays.stream(State.values()).forEach(state -> assertThat(check).contains("'" + state.name() + "'"));
        assertThat(check.split("::text", -1).length - 1).isGreaterThanOrEqualTo(State.values().length);
    }
}
