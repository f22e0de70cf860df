package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.media.YuvFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is left out of the search changes no number: against every displacement written out, and without a tolerance. */
class BlockSearchTest {
    private static final int WIDTH = 40;
    private static final int HEIGHT = 28;

    private final Random random = new Random(17);
    private final List<ShotFrame> frames = frames();

    @Test
    void theBestCounterpartIsThatOfAllDisplacementsAtTheBordersToo() {
        for (ShotFrame frame : frames) {
            for (ShotFrame from : frames) {
                for (int reach : new int[] {0, 2, BlockSearch.REACH}) {
                    BlockSearch search = new BlockSearch(frame, from, reach);
                    for (int top = 0; top + ShotFrame.BLOCK <= HEIGHT; top += ShotFrame.BLOCK) {
                        for (int left = 0; left + ShotFrame.BLOCK <= WIDTH; left += ShotFrame.BLOCK) {
                            double[] best = writtenOut(frame, from, left, top, reach);
                            search.match(left, top);
                            assertThat(search.level()).isEqualTo(best[0]);
                            assertThat(search.structure()).isEqualTo(best[1]);
                            search.matchStructure(left, top);
                            assertThat(search.structure()).isEqualTo(best[1]);
                        }
                    }
                }
            }
        }
    }

    @Test
    void aBoundIsAnsweredAsTheWholeDissimilarityAnswersIt() {
        int atLeast = 0;
        int below = 0;
        for (ShotFrame left : frames) {
            for (ShotFrame right : frames) {
                double structure = Dissimilarity.between(left, right).structure();
                for (double least :
                        new double[] {0.05, 0.3, 0.5, structure, Math.nextUp(structure), 0.6 * structure, 1.5}) {
                    boolean answer = Dissimilarity.isStructureAtLeast(left, right, least);
                    assertThat(answer).as("%s of %s", least, structure).isEqualTo(structure >= least);
                    atLeast += answer ? 1 : 0;
                    below += answer ? 0 : 1;
                }
            }
        }
        assertThat(atLeast).isGreaterThan(100);
        assertThat(below).isGreaterThan(100);
    }

    /** Noise, gradients and rectangles; some shifted, dimmed or disturbed copies of others. */
    private List<ShotFrame> frames() {
        List<byte[]> lumas = new ArrayList<>();
        byte[] noise = new byte[WIDTH * HEIGHT];
        random.nextBytes(noise);
        byte[] scene = new byte[WIDTH * HEIGHT];
        byte[] flat = new byte[WIDTH * HEIGHT];
        for (int at = 0; at < scene.length; at++) {
            int x = at % WIDTH;
            int y = at / WIDTH;
            boolean inside = x > 9 && x < 24 && y > 5 && y < 19;
            scene[at] = (byte) (inside ? 200 - 3 * y : 40 + 2 * x + y);
            flat[at] = 90;
        }
        lumas.add(noise);
        lumas.add(scene);
        lumas.add(flat);
        lumas.add(changed(scene, 3, 1, 0));
        lumas.add(changed(scene, 2, 0.4, 0));
        lumas.add(changed(scene, 0, 1, 6));
        lumas.add(changed(noise, 4, 0.7, 3));
        List<ShotFrame> result = new ArrayList<>();
        byte[] grey = new byte[WIDTH * HEIGHT];
        for (byte[] luma : lumas) {
            result.add(ShotFrame.of(result.size(), new YuvFrame(WIDTH, HEIGHT, luma, grey, grey)));
        }
        return result;
    }

    private byte[] changed(byte[] luma, int shift, double gain, int noise) {
        byte[] result = new byte[luma.length];
        for (int at = 0; at < luma.length; at++) {
            int value = luma[Math.max(0, at - shift)] & 0xff;
            int disturbed = (int) (value * gain) + (noise == 0 ? 0 : random.nextInt(noise));
            result[at] = (byte) Math.min(255, disturbed);
        }
        return result;
    }

    private static double[] writtenOut(ShotFrame frame, ShotFrame from, int left, int top, int reach) {
        double bestLevel = Double.POSITIVE_INFINITY;
        double bestStructure = Double.POSITIVE_INFINITY;
        for (int dy = -reach; dy <= reach; dy++) {
            for (int dx = -reach; dx <= reach; dx++) {
                double[] differences = new double[64];
                double mean = 0;
                for (int at = 0; at < 64; at++) {
                    int x = left + at % 8;
                    int y = top + at / 8;
                    int sought = Math.min(HEIGHT - 1, Math.max(0, y + dy)) * WIDTH
                            + Math.min(WIDTH - 1, Math.max(0, x + dx));
                    differences[at] = frame.luma()[y * WIDTH + x] - from.luma()[sought];
                    mean += differences[at] / 64;
                }
                double level = 0;
                double structure = 0;
                for (double difference : differences) {
                    level += Math.abs(difference) / 64;
                    structure += Math.abs(difference - mean) / 64;
                }
                bestLevel = Math.min(bestLevel, level);
                bestStructure = Math.min(bestStructure, structure);
            }
        }
        return new double[] {bestLevel, bestStructure};
    }
}
