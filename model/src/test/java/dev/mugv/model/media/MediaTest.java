package dev.mugv.model.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MediaTest {
    private static final Path BUNNY = SampleVideos.named("bunny-two-cuts.mp4");

    @TempDir
    private Path folder;

    @Test
    void probesWhatTheContainerDeclares() {
        VideoProperties bunny = VideoProbe.probe(BUNNY);
        assertThat(bunny.codec()).isEqualTo("h264");
        assertThat(bunny.fps()).isEqualTo(25.0);
        assertThat(bunny.declaredFrames()).isEqualTo(337);
        assertThat(bunny.rotation()).isZero();
        assertThat(bunny.pixelFormat()).isEqualTo("yuv420p");
    }

    @Test
    void numbersEveryFrameInPresentationOrder() {
        List<Double> times = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(SampleVideos.named("hand-and-cup.mp4"), 2)) {
            while (reader.advance()) {
                assertThat(reader.index()).isEqualTo(times.size());
                times.add(reader.seconds());
            }
            assertThat(reader.faults()).isEqualTo(DecodeFaults.NONE);
            assertThat((long) times.size()).isEqualTo(reader.properties().declaredFrames());
        }
        assertThat(times).isSorted().doesNotHaveDuplicates().startsWith(0.0);
    }

    @Test
    void givesTheSameFramesForEveryNumberOfThreads() {
        assertThat(pictures(FrameReader.open(BUNNY, 1), 40)).isDeepEqualTo(pictures(FrameReader.open(BUNNY, 3), 40));
    }

    private static byte[][] pictures(FrameReader reader, int frames) {
        try (reader) {
            byte[][] result = new byte[frames][];
            for (int number = 0; number < frames; number++) {
                assertThat(reader.advance()).isTrue();
                result[number] = reader.rgb(new FrameSize(32, 18)).pixels();
            }
            return result;
        }
    }

    @Test
    void startsAtAnEntryPointWithTheFramesOfAFullDecode() {
        EntryPoint last = EntryPoint.START;
        byte[] expected = new byte[0];
        try (FrameReader reader = FrameReader.open(BUNNY, 1)) {
            while (reader.advance()) {
                if (reader.entryPoint().isPresent() && reader.index() > 0) {
                    last = reader.entryPoint().get();
                    expected = reader.rgb().pixels();
                }
            }
        }
        assertThat(last.frame()).isPositive();
        try (FrameReader reader = FrameReader.openAt(BUNNY, 1, last)) {
            assertThat(reader.advance()).isTrue();
            assertThat(reader.index()).isEqualTo(last.frame());
            assertThat(reader.rgb().pixels()).isEqualTo(expected);
        }
        EntryPoint wrongTime = new EntryPoint(last.frame(), last.timestamp() + 1);
        try (FrameReader reader = FrameReader.openAt(BUNNY, 1, wrongTime)) {
            assertThat(reader.advance()).isTrue();
            assertThat(reader.index()).isEqualTo(last.frame());
            assertThat(reader.rgb().pixels()).isEqualTo(expected);
        }
    }

    @Test
    void goesOnPastDamageAndCountsIt() throws IOException {
        byte[] bytes = Files.readAllBytes(SampleVideos.named("pedestrians.mp4"));
        for (int at = bytes.length / 2; at < bytes.length / 2 + 2000; at += 7) {
            bytes[at] ^= 0x55;
        }
        Path damaged = Files.write(folder.resolve("damaged.mp4"), bytes);
        int frames = 0;
        try (FrameReader reader = FrameReader.open(damaged, 2)) {
            while (reader.advance()) {
                frames++;
            }
            assertThat(reader.faults().damagedPackets() + reader.faults().damagedFrames())
                    .isPositive();
        }
        assertThat(frames).isGreaterThan(100);
    }

    @Test
    void refusesWhatIsNoVideo() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.mp4"), "These are notes, not a video.\n".repeat(100));
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        for (Path file : List.of(text, empty, folder.resolve("absent.mp4"), folder)) {
            assertThatThrownBy(() -> VideoProbe.probe(file))
                    .isInstanceOfSatisfying(
                            WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                    .hasMessageStartingWith("Cannot read video '" + file + "': ");
        }
    }

    @Test
    void samplesAClipAtTheShapesRateAndSize() {
        ClipSource clip = new ClipSource("c", BUNNY, "0", 100, 180, 25);
        VideoShape shape = new VideoShape(64, 64, 16, 8);
        List<RgbFrame> frames = ClipFrames.read(clip, shape);
        assertThat(frames).hasSize(16).allMatch(f -> f.width() == 64 && f.height() == 64);
        assertThat(frames.get(3).seconds()).isEqualTo(3 / 8.0);
        // 3 / 8 s is 9.375 frames: the nearest is 9.
        RgbFrame direct = ClipFrames.read(new ClipSource("d", BUNNY, "0", 109, 110, 25), shape.image())
                .get(0);
        assertThat(frames.get(3).pixels()).isEqualTo(direct.pixels());
    }

    @Test
    void refusesAClipShorterThanTheShape() {
        ClipSource clip = new ClipSource("c", BUNNY, "0", 0, 40, 25);
        assertThatThrownBy(() -> ClipFrames.read(clip, new VideoShape(64, 64, 16, 8)))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot read clip c at shape 64x64x16@8.0: expected at least 48 frames of '" + BUNNY
                        + "', found 40. Choose fewer frames or longer clips.");
    }

    @Test
    void refusesAClipBeyondTheVideosEnd() {
        ClipSource clip = new ClipSource("c", BUNNY, "0", 330, 400, 25);
        assertThatThrownBy(() -> ClipFrames.read(clip, new VideoShape(64, 64, 16, 8)))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT));
    }

    @Test
    void writesAVideoThatReadsBackAlikeAndTwiceTheSameBytes() throws IOException {
        List<RgbFrame> frames =
                ClipFrames.read(new ClipSource("c", BUNNY, "0", 20, 90, 25), new VideoShape(128, 64, 16, 8));
        Path first = folder.resolve("first.mp4");
        Path second = folder.resolve("second.mp4");
        VideoWriter.write(first, frames, 8);
        VideoWriter.write(second, frames, 8);
        assertThat(first).hasSameBinaryContentAs(second);
        VideoProperties written = VideoProbe.probe(first);
        assertThat(written.fps()).isEqualTo(8.0);
        assertThat(written.seconds()).isEqualTo(2.0);
        int read = 0;
        try (FrameReader reader = FrameReader.open(first, 1)) {
            while (reader.advance()) {
                // Above 30 dB: compression of a detailed small picture; a wrong colour matrix gives less than 28.
                assertThat(psnr(reader.rgb().pixels(), frames.get(read).pixels()))
                        .isGreaterThan(30);
                read++;
            }
        }
        assertThat(read).isEqualTo(16);
    }

    @Test
    void keepsPureColoursThroughWritingAndReading() {
        byte[] pixels = new byte[3 * 32 * 32];
        for (int at = 0; at < pixels.length; at += 3) {
            pixels[at] = (byte) 200;
            pixels[at + 1] = 40;
            pixels[at + 2] = 90;
        }
        Path file = folder.resolve("colour.mp4");
        VideoWriter.write(file, List.of(new RgbFrame(0, 0, 32, 32, pixels)), 8);
        try (FrameReader reader = FrameReader.open(file, 1)) {
            assertThat(reader.advance()).isTrue();
            RgbFrame read = reader.rgb();
            // 4 of 255: rounding to 8 bits of limited range, twice, and the quantiser.
            assertThat(Math.abs(read.channel(16, 16, 0) - 200)).isLessThanOrEqualTo(4);
            assertThat(Math.abs(read.channel(16, 16, 1) - 40)).isLessThanOrEqualTo(4);
            assertThat(Math.abs(read.channel(16, 16, 2) - 90)).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void putsTheIndexInFrontSoThatBrowsersPlayAtOnce() throws IOException {
        Path file = folder.resolve("front.mp4");
        VideoWriter.write(file, List.of(new RgbFrame(0, 0, 32, 32, new byte[3 * 32 * 32])), 8);
        String bytes = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isPositive().isLessThan(bytes.indexOf("mdat"));
    }

    @Test
    void turnsPicturesUpright() {
        byte[] coded = {1, 2, 3, 4, 5, 6};
        FrameSize size = new FrameSize(3, 2);
        assertThat(Rotation.QUARTER.upright(coded, size, 1)).containsExactly(4, 1, 5, 2, 6, 3);
        assertThat(Rotation.HALF.upright(coded, size, 1)).containsExactly(6, 5, 4, 3, 2, 1);
        assertThat(Rotation.THREE_QUARTERS.upright(coded, size, 1)).containsExactly(3, 6, 2, 5, 1, 4);
    }

    @Test
    void drawsAContactSheetAndWritesItAsPng() throws IOException {
        byte[] white = new byte[3 * 16 * 8];
        Arrays.fill(white, (byte) 255);
        RgbFrame frame = new RgbFrame(0, 0, 16, 8, white);
        RgbFrame sheet = ContactSheet.of(List.of(frame, frame, frame), 2);
        assertThat(sheet.width()).isEqualTo(38);
        assertThat(sheet.height()).isEqualTo(22);
        assertThat(sheet.channel(21, 13, 0)).isEqualTo(32);
        Path file = folder.resolve("sheet.png");
        PngImages.write(sheet, file);
        assertThat(ImageIO.read(file.toFile()).getRGB(3, 3) & 0xffffff).isEqualTo(0xffffff);
    }

    private static double psnr(byte[] left, byte[] right) {
        double sum = 0;
        for (int at = 0; at < left.length; at++) {
            double difference = (left[at] & 0xff) - (right[at] & 0xff);
            sum += difference * difference;
        }
        return 10 * Math.log10(255.0 * 255.0 / (sum / left.length));
    }
}
