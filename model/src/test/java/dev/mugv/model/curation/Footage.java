package dev.mugv.model.curation;

import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.media.YuvFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small frames of the sample videos, and edits made of them. */
final class Footage {
    static final FrameSize SIZE = new FrameSize(64, 36);
    static final int BLACK = 16;
    static final int WHITE = 235;

    private Footage() {}

    static List<YuvFrame> of(String video, int first, int end) {
        List<YuvFrame> frames = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(SampleVideos.named(video), 2)) {
            while (reader.advance() && reader.index() < end) {
                if (reader.index() >= first) {
                    frames.add(reader.yuv(SIZE));
                }
            }
        }
        return frames;
    }

    @SafeVarargs
    static List<YuvFrame> joined(List<YuvFrame>... parts) {
        List<YuvFrame> frames = new ArrayList<>();
        for (List<YuvFrame> part : parts) {
            frames.addAll(part);
        }
        return frames;
    }

    /** The last frames of one shot blended into the first of the next; both go on moving. */
    static List<YuvFrame> dissolved(List<YuvFrame> from, List<YuvFrame> to, int length) {
        int start = from.size() - length;
        List<YuvFrame> frames = new ArrayList<>(from.subList(0, start));
        for (int at = 0; at < length; at++) {
            frames.add(mixed(from.get(start + at), to.get(at), (at + 1.0) / (length + 1)));
        }
        frames.addAll(to.subList(length, to.size()));
        return frames;
    }

    static YuvFrame mixed(YuvFrame one, YuvFrame other, double share) {
        return new YuvFrame(
                SIZE.width(),
                SIZE.height(),
                mixed(one.luma(), other.luma(), share),
                mixed(one.blue(), other.blue(), share),
                mixed(one.red(), other.red(), share));
    }

    private static byte[] mixed(byte[] one, byte[] other, double share) {
        byte[] result = new byte[one.length];
        for (int at = 0; at < result.length; at++) {
            result[at] = (byte) Math.round((one[at] & 0xff) * (1 - share) + (other[at] & 0xff) * share);
        }
        return result;
    }

    static YuvFrame flat(int luma) {
        byte[] plane = new byte[SIZE.width() * SIZE.height()];
        Arrays.fill(plane, (byte) luma);
        byte[] grey = new byte[plane.length];
        Arrays.fill(grey, (byte) 128);
        return new YuvFrame(SIZE.width(), SIZE.height(), plane, grey, grey);
    }

    static YuvFrame mirrored(YuvFrame frame) {
        byte[][] planes = {frame.luma(), frame.blue(), frame.red()};
        byte[][] turned = new byte[3][frame.luma().length];
        for (int plane = 0; plane < 3; plane++) {
            for (int at = 0; at < turned[plane].length; at++) {
                int column = at % SIZE.width();
                turned[plane][at] = planes[plane][at - column + SIZE.width() - 1 - column];
            }
        }
        return new YuvFrame(SIZE.width(), SIZE.height(), turned[0], turned[1], turned[2]);
    }

    static TransitionDetector.Findings findings(List<YuvFrame> frames) {
        TransitionDetector detector = new TransitionDetector();
        frames.forEach(detector::add);
        return detector.finish();
    }
}
