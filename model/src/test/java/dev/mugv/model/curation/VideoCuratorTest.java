package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.curation.VideoCurator.Curation;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.Transition;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoCuratorTest {
    private static final List<String> SAMPLES = List.of(
            "bridge-orbit.mp4",
            "bridge-orbit-reencoded.mp4",
            "bunny-two-cuts.mp4",
            "city-dissolve.mp4",
            "hand-and-cup.mp4",
            "pedestrians.mp4",
            "thrown-ball.mp4");

    @TempDir
    private static Path output;

    @TempDir
    private Path folder;

    private static final Map<String, Curation> CURATED = new HashMap<>();

    @BeforeAll
    static void curateSamples() {
        SAMPLES.forEach(name -> CURATED.put(name, curate(SampleVideos.named(name), output.resolve(name))));
    }

    private static Curation curate(Path video, Path to) {
        return curator().curate(video, hash(video), to, (frames, declared) -> {});
    }

    private static VideoCurator curator() {
        return new VideoCurator(
                new LengthRange(Duration.ofSeconds(2), Duration.ofSeconds(5)), new ClassicalAestheticScorer(), 2);
    }

    private static String hash(Path video) {
        return dev.mugv.model.run.Sha256.of(video.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static CuratedVideo video(String name) {
        return CURATED.get(name).video();
    }

    @Test
    void clipsAreOfPermittedLengthAndHoldNoFrameOfATransition() {
        for (String name : SAMPLES) {
            CuratedVideo video = video(name);
            assertThat(video.clips()).isNotEmpty();
            for (CuratedClip clip : video.clips()) {
                assertThat(clip.seconds()).isBetween(2.0, 5.0 + 1e-6);
                for (Transition transition : video.transitions()) {
                    FrameRange range = clip.range();
                    boolean before = range.endFrame() <= transition.firstFrame();
                    boolean after = range.firstFrame() >= transition.endFrame();
                    assertThat(before || after).isTrue();
                }
            }
        }
    }

    @Test
    void whatBecameNoClipHasItsReason() {
        assertThat(video("bunny-two-cuts.mp4").rejectedPieces())
                .extracting(CuratedVideo.RejectedPiece::reason)
                .containsExactly("shorter than 2 s: 0.44 s");
    }

    @Test
    void everyClipHasFiniteScoresAThumbnailAndItsId() {
        for (String name : SAMPLES) {
            for (CuratedClip clip : video(name).clips()) {
                assertThat(clip.scores())
                        .containsKeys(
                                ClipScores.SHARPNESS, ClipScores.MOTION, ClipScores.EXPOSURE, ClipScores.AESTHETIC);
                assertThat(clip.score(ClipScores.EXPOSURE)).isBetween(0.0, 1.0);
                assertThat(output.resolve(name).resolve(clip.thumbnail())).isNotEmptyFile();
                FrameRange range = clip.range();
                assertThat(clip.clipId())
                        .isEqualTo(ClipSource.idOf(video(name).videoSha256(), range.firstFrame(), range.endFrame()));
            }
        }
    }

    @Test
    void noPictureIsLeftThatBelongsToNoClip() throws IOException {
        for (String name : SAMPLES) {
            try (var files = Files.list(output.resolve(name).resolve("thumbnails"))) {
                assertThat(files.count()).isEqualTo(video(name).clips().size());
            }
        }
    }

    @Test
    void motionScoresOrderMovingAndStillCameras() {
        double orbit = video("bridge-orbit.mp4").clips().get(0).score(ClipScores.MOTION);
        double standing = video("pedestrians.mp4").clips().get(0).score(ClipScores.MOTION);
        assertThat(orbit).isGreaterThan(5 * standing);
        assertThat(video("bridge-orbit.mp4").clips().get(1).score(ClipScores.MOVING_SHARE))
                .isGreaterThan(0.6);
    }

    @Test
    void allMatchingClipsOfTheTwoBridgesAreDuplicatesAndNothingElse() {
        ClipComparison comparison = new ClipComparison(0.2);
        SAMPLES.forEach(name -> comparison.add(CURATED.get(name).fingerprints()));
        ClipDuplicates found = comparison.compare();
        List<CuratedClip> one = video("bridge-orbit.mp4").clips();
        List<CuratedClip> other = video("bridge-orbit-reencoded.mp4").clips();
        assertThat(one).hasSameSizeAs(other).hasSize(3);
        Set<Set<String>> expected = new HashSet<>();
        for (int at = 0; at < one.size(); at++) {
            expected.add(Set.of(one.get(at).clipId(), other.get(at).clipId()));
        }
        Set<Set<String>> pairs = new HashSet<>();
        found.pairs().forEach(pair -> pairs.add(Set.of(pair.clipId(), pair.otherId())));
        assertThat(pairs).isEqualTo(expected);
        int all = found.clips() * (found.clips() - 1) / 2;
        assertThat(found.candidates()).isLessThan(all / 2);
    }

    @Test
    void clipsReadTheSameFromTheirEntryPointAsFromTheStart() {
        VideoShape shape = new VideoShape(32, 32, 8, 8);
        for (String name : List.of("bridge-orbit.mp4", "bunny-two-cuts.mp4")) {
            CuratedClip last = video(name).clips().get(2);
            assertThat(last.entry().frame()).isPositive();
            ClipSource source = video(name).source(last, SampleVideos.named(name));
            ClipSource fromStart = new ClipSource(
                    source.clipId(),
                    source.video(),
                    source.videoSha256(),
                    source.firstFrame(),
                    source.endFrame(),
                    source.fps(),
                    EntryPoint.START);
            List<RgbFrame> direct = ClipFrames.read(source, shape);
            List<RgbFrame> whole = ClipFrames.read(fromStart, shape);
            for (int at = 0; at < 8; at++) {
                assertThat(direct.get(at).pixels()).isEqualTo(whole.get(at).pixels());
            }
        }
    }

    @Test
    void theResultIsTheSameTwiceAndComesBackFromItsFile() {
        Curation again = curate(SampleVideos.named("thrown-ball.mp4"), folder.resolve("again"));
        assertThat(again).isEqualTo(CURATED.get("thrown-ball.mp4"));
        assertThat(Json.parse(Json.pretty(again.video()), CuratedVideo.class)).isEqualTo(again.video());
    }

    @Test
    void damageIsReportedAndTheRestGoesOn() throws IOException {
        byte[] bytes = Files.readAllBytes(SampleVideos.named("bridge-orbit.mp4"));
        for (int at = bytes.length / 2; at < bytes.length / 2 + 3000; at += 11) {
            bytes[at] ^= 0x2a;
        }
        CuratedVideo damaged = curate(Files.write(folder.resolve("damaged.mp4"), bytes), folder.resolve("damaged"))
                .video();
        assertThat(damaged.faults().isEmpty()).isFalse();
        assertThat(damaged.frames()).isGreaterThan(300);
        assertThat(damaged.clips()).isNotEmpty();
    }

    @Test
    void aVideoCutOffInTheMiddleKeepsWhatCanBeRead() throws IOException {
        // The index stands in front in none of the samples, so a written one is cut.
        Path whole = written("whole.mp4", 100);
        byte[] bytes = Files.readAllBytes(whole);
        Path half = Files.write(folder.resolve("half.mp4"), java.util.Arrays.copyOf(bytes, bytes.length * 3 / 4));
        CuratedVideo video = curate(half, folder.resolve("half")).video();
        assertThat(video.frames()).isBetween(40, 99);
        assertThat(video.faults().isEmpty()).isFalse();
    }

    @Test
    void aTooShortVideoAndOneOfOneFrameGiveNoClipButAReason() {
        for (int frames : new int[] {1, 20}) {
            Path file = written("short-" + frames + ".mp4", frames);
            CuratedVideo video = curate(file, folder.resolve("short-" + frames)).video();
            assertThat(video.frames()).isEqualTo(frames);
            assertThat(video.clips()).isEmpty();
            assertThat(video.rejectedPieces()).hasSize(1);
            assertThat(video.rejectedPieces().get(0).reason()).startsWith("shorter than 2 s: ");
        }
    }

    private Path written(String name, int frames) {
        List<RgbFrame> pictures = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(SampleVideos.named("bridge-orbit.mp4"), 2)) {
            while (pictures.size() < frames && reader.advance()) {
                pictures.add(reader.rgb(new FrameSize(160, 90)));
            }
        }
        Path file = folder.resolve(name);
        VideoWriter.write(file, pictures, 25);
        return file;
    }

    @Test
    void aFileThatIsNoVideoIsRefusedByName() throws IOException {
        Path text = Files.writeString(folder.resolve("letter.mp4"), "Dear reader, this is no video. ".repeat(50));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        for (Path file : List.of(text, empty)) {
            assertThatThrownBy(() -> curate(file, folder.resolve("none")))
                    .isInstanceOfSatisfying(
                            WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aStopEndsTheWorkAtOnce() {
        List<Integer> seen = new ArrayList<>();
        assertThatThrownBy(() -> curator()
                        .curate(
                                SampleVideos.named("thrown-ball.mp4"),
                                "0".repeat(64),
                                folder.resolve("stop"),
                                (frames, all) -> {
                                    seen.add(frames);
                                    if (frames == 5) {
                                        throw new StopRequestedException("stopped");
                                    }
                                }))
                .isInstanceOf(StopRequestedException.class);
        assertThat(seen).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void theDescriberSaysWhatWasMeasured() {
        ClipDescriber describer = new ClipDescriber();
        CuratedClip people = video("pedestrians.mp4").clips().get(0);
        assertThat(describer.describe(people))
                .startsWith("An evenly lit, moderately colourful shot of 4.6 seconds, mostly in ")
                .contains("Hardly anything moves.");
        assertThat(describer.tags(people)).contains("motion:none", "light:even");
        CuratedClip orbit = video("bridge-orbit.mp4").clips().get(0);
        assertThat(describer.describe(orbit)).contains("moves steadily");
        assertThat(describer.tags(orbit)).contains("motion:medium", "camera:moving");
    }
}
