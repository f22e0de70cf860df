package dev.mugv.bench;

import dev.mugv.model.curation.TransitionDetector;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How much of FFmpeg's decoding speed is left when cuts are looked for: the same library, threads and video in the same run, decoded alone
 * and with detection, in turns.
 *
 * <p>Arguments: rounds, decoding threads, videos. Processor time of both is given beside wall time: a share of the machine that others
 * take away weighs on wall time alone.
 */
final class CutDetectionRate {
    /** Passes until detection is compiled: a real video has hundreds of times the frames of a sample. */
    private static final int WARM_UP = 12;

    private CutDetectionRate() {}

    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        for (String name : Arrays.copyOfRange(arguments, 2, arguments.length)) {
            measure(Path.of(name), rounds, threads);
        }
    }

    private static void measure(Path video, int rounds, int threads) {
        double[] processor = new double[rounds];
        double[] wall = new double[rounds];
        double[] rate = new double[rounds];
        for (int round = 0; round < WARM_UP; round++) {
            pass(video, threads, true);
        }
        for (int round = 0; round < rounds; round++) {
            double[] alone = pass(video, threads, false);
            double[] both = pass(video, threads, true);
            processor[round] = alone[0] / both[0];
            wall[round] = alone[1] / both[1];
            rate[round] = both[2] / both[1];
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %d threads, %d rounds: speed with detection over decoding alone %.3f by processor time [%.3f, %.3f], %.3f by wall time [%.3f, %.3f]; %.0f frames/s%n",
                video.getFileName(),
                threads,
                rounds,
                median(processor),
                Arrays.stream(processor).min().orElseThrow(),
                Arrays.stream(processor).max().orElseThrow(),
                median(wall),
                Arrays.stream(wall).min().orElseThrow(),
                Arrays.stream(wall).max().orElseThrow(),
                median(rate));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Processor seconds, wall seconds, frames. */
    private static double[] pass(Path video, int threads, boolean detects) {
        double processor = ProcessorTime.seconds();
        long start = System.nanoTime();
        int frames = 0;
        TransitionDetector detector = new TransitionDetector();
        try (FrameReader reader = FrameReader.open(video, threads)) {
            FrameSize size = TransitionDetector.sizeFor(
                    reader.properties().width() / (double) reader.properties().height());
            while (reader.advance()) {
                frames++;
                if (detects) {
                    detector.add(reader.yuv(size));
                }
            }
        }
        if (detects) {
            detector.finish();
        }
        return new double[] {ProcessorTime.seconds() - processor, (System.nanoTime() - start) / 1e9, frames};
    }
}
