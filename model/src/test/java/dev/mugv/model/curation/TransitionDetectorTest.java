package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.Transition;
import dev.mugv.model.format.Transition.Kind;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.media.YuvFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransitionDetectorTest {
    private static List<YuvFrame> bridge;
    private static List<YuvFrame> rabbit;
    private static List<YuvFrame> city;
    private static List<YuvFrame> cup;
    private static List<YuvFrame> people;

    @BeforeAll
    static void decode() {
        bridge = Footage.of("bridge-orbit.mp4", 150, 250);
        rabbit = Footage.of("bunny-two-cuts.mp4", 20, 120);
        city = Footage.of("city-dissolve.mp4", 0, 100);
        cup = Footage.of("hand-and-cup.mp4", 40, 140);
        people = Footage.of("pedestrians.mp4", 0, 100);
    }

    private static List<List<YuvFrame>> shots() {
        return List.of(bridge, rabbit, city, cup, people);
    }

    private static List<Transition> inFile(String name) {
        TransitionDetector detector = new TransitionDetector();
        try (FrameReader reader = FrameReader.open(SampleVideos.named(name), 2)) {
            double aspect = reader.properties().width()
                    * reader.properties().pixelAspect()
                    / reader.properties().height();
            FrameSize size = TransitionDetector.sizeFor(aspect);
            while (reader.advance()) {
                detector.add(reader.yuv(size));
            }
        }
        return detector.finish().transitions();
    }

    @Test
    void findsTheHardCutsOfTheSample() {
        assertThat(inFile("bunny-two-cuts.mp4"))
                .containsExactly(
                        new Transition(Kind.HARD_CUT, 210, 210, 210), new Transition(Kind.HARD_CUT, 324, 324, 324));
    }

    @Test
    void findsTheDissolvesOfTheSampleInsideTheirIntervals() {
        List<Transition> found = inFile("city-dissolve.mp4");
        assertThat(found).extracting(Transition::kind).containsExactly(Kind.DISSOLVE, Kind.DISSOLVE);
        assertThat(found.get(0).cut()).isBetween(126, 150);
        assertThat(found.get(1).cut()).isBetween(280, 294);
        // Three frames: the first and last parts of a dissolve weigh less than a tenth.
        assertThat(Math.abs(found.get(0).firstFrame() - 126)).isLessThanOrEqualTo(3);
        assertThat(Math.abs(found.get(0).endFrame() - 150)).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bridge-orbit.mp4",
                "bridge-orbit-reencoded.mp4",
                "pedestrians.mp4",
                "thrown-ball.mp4",
                "hand-and-cup.mp4"
            })
    void findsNothingInAShotWhateverMoves(String name) {
        assertThat(inFile(name)).isEmpty();
    }

    @Test
    void findsEveryHardCutBetweenDifferentShots() {
        for (List<YuvFrame> from : shots()) {
            for (List<YuvFrame> to : shots()) {
                if (from != to) {
                    assertThat(Footage.findings(Footage.joined(from.subList(0, 40), to.subList(0, 40)))
                                    .transitions())
                            .containsExactly(new Transition(Kind.HARD_CUT, 40, 40, 40));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 24})
    void findsEveryDissolveBetweenDifferentShots(int length) {
        for (List<YuvFrame> from : shots()) {
            for (List<YuvFrame> to : shots()) {
                if (from != to) {
                    List<Transition> found = Footage.findings(
                                    Footage.dissolved(from.subList(0, 30 + length), to.subList(0, 30 + length), length))
                            .transitions();
                    assertThat(found).hasSize(1);
                    assertThat(found.get(0).kind()).isEqualTo(Kind.DISSOLVE);
                    assertThat(found.get(0).cut()).isBetween(30, 30 + length);
                }
            }
        }
    }

    @Test
    void findsADissolveOfTwoSeconds() {
        List<Transition> found =
                Footage.findings(Footage.dissolved(rabbit, city, 48)).transitions();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).cut()).isBetween(52, 100);
    }

    @ParameterizedTest
    @CsvSource({"16, 8", "16, 20", "235, 8", "235, 20"})
    void takesAFadeOutAndInForOneTransition(int shade, int length) {
        List<YuvFrame> flat = Collections.nCopies(length + 3, Footage.flat(shade));
        List<YuvFrame> frames = Footage.joined(
                Footage.dissolved(rabbit.subList(0, 60), flat, length).subList(0, 63),
                Footage.dissolved(flat.subList(0, length), city.subList(0, 60), length));
        List<Transition> found = Footage.findings(frames).transitions();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(Kind.FADE);
        assertThat(found.get(0).firstFrame()).isBetween(60 - length - 3, 60 - length + 3);
    }

    @Test
    void takesAFadeInAtTheStartForNoCut() {
        List<YuvFrame> black = Collections.nCopies(20, Footage.flat(Footage.BLACK));
        TransitionDetector.Findings findings = Footage.findings(Footage.dissolved(black, city.subList(0, 80), 12));
        assertThat(findings.transitions()).isEmpty();
        assertThat(findings.disturbances()).isNotEmpty();
        assertThat(findings.disturbances().get(0).firstFrame()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"white", "black", "mirrored", "other"})
    void takesOneForeignFrameForADisturbanceNotACut(String kind) {
        for (List<YuvFrame> shot : shots()) {
            List<YuvFrame> frames = new ArrayList<>(shot);
            frames.set(
                    50,
                    switch (kind) {
                        case "white" -> Footage.flat(Footage.WHITE);
                        case "black" -> Footage.flat(Footage.BLACK);
                        case "mirrored" -> Footage.mirrored(shot.get(50));
                        default -> shot == city ? cup.get(50) : city.get(50);
                    });
            TransitionDetector.Findings findings = Footage.findings(frames);
            assertThat(findings.transitions()).isEmpty();
            assertThat(findings.disturbances()).containsExactly(new FrameRange(50, 51));
        }
    }

    @Test
    void takesALeaderOfTwoFramesForADisturbance() {
        TransitionDetector.Findings findings = Footage.findings(Footage.joined(cup.subList(0, 2), people));
        assertThat(findings.transitions()).isEmpty();
        assertThat(findings.disturbances()).containsExactly(new FrameRange(0, 2));
    }

    @Test
    void seesNoCutWhenLightIsSwitchedOnOrFadesUp() {
        for (List<YuvFrame> shot : shots()) {
            for (int length : new int[] {1, 10}) {
                List<YuvFrame> frames = new ArrayList<>();
                for (int at = 0; at < shot.size(); at++) {
                    double dark = 0.6 * Math.min(1, Math.max(0, (40.0 + length - at) / length));
                    frames.add(Footage.mixed(shot.get(at), Footage.flat(Footage.BLACK), dark));
                }
                assertThat(Footage.findings(frames).transitions()).isEmpty();
            }
        }
    }

    @Test
    void seesNoCutInAShotPlayedFourTimesAsFastOrInTheDark() {
        for (List<YuvFrame> shot : shots()) {
            List<YuvFrame> fast = new ArrayList<>();
            for (int at = 0; at < shot.size(); at += 4) {
                fast.add(shot.get(at));
            }
            assertThat(Footage.findings(fast).transitions()).isEmpty();
            List<YuvFrame> dark = shot.stream()
                    .map(frame -> Footage.mixed(frame, Footage.flat(Footage.BLACK), 0.85))
                    .toList();
            assertThat(Footage.findings(dark).transitions()).isEmpty();
        }
    }

    @Test
    void seesNoCutWhenATitleAppears() {
        List<YuvFrame> frames = new ArrayList<>(city.subList(0, 40));
        for (YuvFrame frame : city.subList(40, 80)) {
            byte[] luma = frame.luma().clone();
            for (int y = 26; y < 32; y++) {
                for (int x = 8; x < 56; x += 2) {
                    luma[y * 64 + x] = (byte) Footage.WHITE;
                }
            }
            frames.add(new YuvFrame(64, 36, luma, frame.blue(), frame.red()));
        }
        assertThat(Footage.findings(frames).transitions()).isEmpty();
    }
}
