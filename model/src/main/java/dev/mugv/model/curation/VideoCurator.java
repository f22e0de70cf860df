package dev.mugv.model.curation;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.format.ClipEmbeddings;
import dev.mugv.model.format.ClipFingerprints;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.CuratedVideo.RejectedPiece;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.YuvFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** Curates one video in one pass: decodes every frame once, finds shots, cuts clips and scores them. */
public final class VideoCurator {
    private final LengthRange clipLength;
    private final AestheticScorer scorer;
    private final PictureModelScores models;
    private final int threads;

    /** @param threads decoding threads, at least 1; they do not change the result */
    public VideoCurator(LengthRange clipLength, AestheticScorer scorer, int threads) {
        this(clipLength, scorer, PictureModelScores.none(), threads);
    }

    /** The same with learned models. */
    public VideoCurator(LengthRange clipLength, AestheticScorer scorer, PictureModelScores models, int threads) {
        this.models = models;
        this.clipLength = clipLength;
        this.scorer = scorer;
        this.threads = threads;
    }

    /** Told after each frame; may end the work by throwing. */
    @FunctionalInterface
    public interface FrameListener {
        /** @param declared number of frames by the container, 0 when unknown */
        void decoded(int frames, long declared);
    }

    /** What one video gave. */
    public record Curation(CuratedVideo video, ClipFingerprints fingerprints, ClipEmbeddings embeddings) {}

    /**
     * Curates a video.
     *
     * @param sha256 hash of its content, from which the ids of its clips are made
     * @param output folder for thumbnails
     * @throws WorkFailure INVALID_REQUEST when the file is no video; CORRUPT when not one frame can be decoded
     */
    public Curation curate(Path video, String sha256, Path output, FrameListener listener) {
        try (FrameReader reader = FrameReader.open(video, threads)) {
            Pass pass = new Pass(reader, output);
            while (reader.advance()) {
                pass.take(reader);
                listener.decoded(reader.index() + 1, reader.properties().declaredFrames());
            }
            if (pass.times.count() == 0) {
                throw new WorkFailure(
                        FailureKind.CORRUPT,
                        "Cannot curate video '%s': expected frames, found none that can be decoded (%d damaged packets). Remove the file or replace it by a sound copy."
                                .formatted(video, reader.faults().damagedPackets()));
            }
            return pass.finish(reader, sha256);
        }
    }

    /** State of one pass over a video. */
    private final class Pass {
        private final FrameSize smallSize;
        private final FrameTimes times;
        private final TransitionDetector detector = new TransitionDetector();
        private final ThumbnailStore thumbnails;
        private final SampleTimeline timeline;
        private final BitSet damaged = new BitSet();
        private final NavigableMap<Integer, EntryPoint> entries = new TreeMap<>();

        Pass(FrameReader reader, Path output) {
            VideoProperties properties = reader.properties();
            double aspect = properties.width() * properties.pixelAspect() / properties.height();
            smallSize = TransitionDetector.sizeFor(aspect);
            times = new FrameTimes(properties.fps());
            thumbnails = new ThumbnailStore(output);
            timeline = new SampleTimeline(
                    new SampleTimeline.Scorers(scorer, models),
                    thumbnails,
                    aspect,
                    clipLength.min().toMillis() / 1000.0);
            entries.put(0, EntryPoint.START);
        }

        void take(FrameReader reader) {
            times.add(reader.seconds());
            reader.entryPoint().ifPresent(entry -> entries.put(entry.frame(), entry));
            damaged.set(reader.index(), reader.isDamaged());
            YuvFrame small = reader.yuv(smallSize);
            detector.add(small);
            timeline.add(reader, small);
        }

        Curation finish(FrameReader reader, String sha256) {
            TransitionDetector.Findings findings = detector.finish();
            List<FrameRange> disturbances = new ArrayList<>(findings.disturbances());
            BitSet excluded = (BitSet) damaged.clone();
            disturbances.forEach(range -> excluded.set(range.firstFrame(), range.endFrame()));
            List<FrameRange> shots = ClipCutter.shots(times.count(), findings.transitions());
            ClipCutter cutter = new ClipCutter(times, clipLength);
            List<CuratedClip> clips = new ArrayList<>();
            List<RejectedPiece> rejected = new ArrayList<>();
            List<ClipFingerprints.Entry> fingerprints = new ArrayList<>();
            List<ClipEmbeddings.Entry> embeddings = new ArrayList<>();
            for (FrameRange shot : shots) {
                ClipCutter.Pieces pieces = cutter.cut(shot, excluded);
                rejected.addAll(pieces.rejected());
                for (FrameRange range : pieces.clips()) {
                    if (timeline.pictures(range).isEmpty()
                            || timeline.motions(range).isEmpty()) {
                        rejected.add(new RejectedPiece(range, "too few frames to measure: " + range.frames()));
                    } else {
                        CuratedClip clip = clip(sha256, range);
                        clips.add(clip);
                        models.embedding(timeline.answers(range))
                                .ifPresent(values -> embeddings.add(ClipEmbeddings.Entry.of(clip.clipId(), values)));
                        fingerprints.add(new ClipFingerprints.Entry(clip.clipId(), timeline.fingerprints(range)));
                    }
                }
            }
            thumbnails.discardRest();
            CuratedVideo video = new CuratedVideo(
                    sha256,
                    reader.properties(),
                    times.count(),
                    times.fps(),
                    reader.faults(),
                    findings.transitions(),
                    disturbances,
                    shots,
                    clips,
                    rejected);
            return new Curation(
                    video,
                    new ClipFingerprints(sha256, SampleTimeline.FINGERPRINTS_PER_SECOND, fingerprints),
                    new ClipEmbeddings(sha256, embeddings));
        }

        private SortedMap<String, Double> scores(List<PictureSample> pictures, FrameRange range) {
            SortedMap<String, Double> scores =
                    ClipScorer.scores(pictures, timeline.motions(range), times.seconds(range));
            scores.putAll(models.scores(timeline.answers(range)));
            scores.put(ClipScores.SHAKE, timeline.steps().shake(range));
            scores.put(ClipScores.REPEATED_SHARE, timeline.steps().repeatedShare(range));
            return scores;
        }

        private CuratedClip clip(String sha256, FrameRange range) {
            String id = ClipSource.idOf(sha256, range.firstFrame(), range.endFrame());
            List<PictureSample> pictures = timeline.pictures(range);
            return new CuratedClip(
                    id,
                    range,
                    times.at(range.firstFrame()),
                    times.seconds(range),
                    entries.floorEntry(range.firstFrame()).getValue(),
                    scores(pictures, range),
                    ClipScorer.colours(pictures),
                    scorer.name(),
                    thumbnails.assign(id, range));
        }
    }
}
