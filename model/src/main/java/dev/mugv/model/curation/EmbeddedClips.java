package dev.mugv.model.curation;

import dev.mugv.model.curation.EmbeddingComparison.Pair;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipEmbeddings;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Near-duplicates by embeddings, beside those by fingerprints: the same thing from elsewhere, not only the same pictures. */
public final class EmbeddedClips {
    /** Decides the random signs alone; a pair's cosine depends on no seed. */
    private static final long SEED = 1;

    private final double minSimilarity;
    private final List<String> ids = new ArrayList<>();
    private final List<String> videos = new ArrayList<>();
    private @Nullable EmbeddingComparison comparison;
    private int dimensions;

    /** @param minSimilarity smallest cosine of a pair */
    public EmbeddedClips(double minSimilarity) {
        this.minSimilarity = minSimilarity;
    }

    /**
     * Adds the clips of one video.
     *
     * @throws WorkFailure of kind CORRUPT when their embeddings have another length than those before
     */
    public void add(ClipEmbeddings video) {
        for (ClipEmbeddings.Entry entry : video.clips()) {
            float[] embedding = entry.embedding();
            EmbeddingComparison all = comparison;
            if (all == null) {
                dimensions = embedding.length;
                all = new EmbeddingComparison(dimensions, minSimilarity, SEED);
                comparison = all;
            }
            if (embedding.length != dimensions) {
                throw new WorkFailure(
                        FailureKind.CORRUPT,
                        "Cannot compare clip %s: expected an embedding of %d numbers as the others have, found %d. Curate its video again."
                                .formatted(entry.clipId(), dimensions, embedding.length));
            }
            all.add(embedding);
            ids.add(entry.clipId());
            videos.add(video.videoSha256());
        }
    }

    /** Pairs of different videos by embeddings together with the pairs by fingerprints, which keep their distance. */
    public ClipDuplicates joined(ClipDuplicates byFingerprint, int threads) {
        Map<List<String>, ClipDuplicates.Pair> pairs = new HashMap<>();
        List<Pair> similar = comparison == null ? List.of() : comparison.compare(threads);
        for (Pair pair : similar) {
            if (!videos.get(pair.first()).equals(videos.get(pair.second()))) {
                String one = ids.get(pair.first());
                String other = ids.get(pair.second());
                boolean ordered = one.compareTo(other) < 0;
                ClipDuplicates.Pair found = new ClipDuplicates.Pair(
                        ordered ? one : other, ordered ? other : one, Math.max(0, 1 - pair.similarity()));
                pairs.put(List.of(found.clipId(), found.otherId()), found);
            }
        }
        byFingerprint.pairs().forEach(pair -> pairs.put(List.of(pair.clipId(), pair.otherId()), pair));
        return new ClipDuplicates(
                byFingerprint.clips(),
                byFingerprint.candidates() + similar.size(),
                pairs.values().stream()
                        .sorted(Comparator.comparing(ClipDuplicates.Pair::clipId)
                                .thenComparing(ClipDuplicates.Pair::otherId))
                        .toList());
    }
}
