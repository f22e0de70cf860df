package dev.mugv.bench;

import dev.mugv.model.run.Sha256;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A lineage graph as a large site would have it: videos cut into clips, clips described and encoded by one VideoVAE, 1,000
 * lists of clips, a chain of 100 checkpoints with forks of 20 at every tenth, evaluations, reports and exports. Everything goes
 * through the calls by which the product itself records.
 */
final class LineageGenerator {
    private static final int BATCH = 10_000;
    private static final int MANIFESTS = 1_000;
    private static final int CHAIN = 100;
    private static final int FORK = 20;
    private static final int FORK_EVERY = 10;
    private static final int LISTS_A_TRAINING = 10;
    private static final int CLIPS_A_VIDEO = 10;
    private static final int CLIPS_A_SHARD = 200;
    private static final int EVALUATIONS = 3;

    private final Consumer<List<NewNode>> record;
    private final Random random = new Random(1);
    private final List<NewNode> batch = new ArrayList<>();
    private final int clips;
    private final int membersAList;
    private final List<NodeKey> manifests = new ArrayList<>();
    private final List<NodeKey> shards = new ArrayList<>();
    private final List<NodeKey> attempts = new ArrayList<>();
    private int trainings;
    private long nodes;
    private long edges;

    /**
     * @param record takes nodes in the order of making, see {@link LineageGraph#record}
     * @param totalNodes about how many there shall be
     * @param totalEdges likewise
     */
    LineageGenerator(Consumer<List<NewNode>> record, int totalNodes, int totalEdges) {
        this.record = record;
        // A clip has a tenth of a video, a caption, features of it, and a latent.
        this.clips = (int) (totalNodes / (4 + 1.0 / CLIPS_A_VIDEO + 0.01));
        // Edges of a clip: cut from; caption describes, made by; features from, by, made by; latent from, by, made by;
        // made by; two shares
        // of a shard.
        this.membersAList = Math.max(1, (totalEdges - 12 * clips) / MANIFESTS);
    }

    /** Records everything; returns how many nodes and edges there are. */
    long[] run() {
        surroundings();
        data();
        lists();
        NodeKey last = chain(Optional.empty(), CHAIN, "main", true);
        offer(NewNode.of(NodeKind.REPORT, hash("report"), "report").from(EdgeRole.SHOWS, last));
        flush();
        return new long[] {nodes, edges};
    }

    private void surroundings() {
        offer(NewNode.of(NodeKind.CODE_VERSION, hash("code"), "code"));
        offer(NewNode.of(NodeKind.CONFIGURATION, hash("configuration"), "large"));
        offer(NewNode.of(NodeKind.TEXT_ENCODER, hash("text"), "text encoder"));
        for (int i = 0; i < 200; i++) {
            offer(NewNode.of(NodeKind.NODE, "n" + i, "n" + i));
        }
        for (int i = 0; i < 2000; i++) {
            NodeKey job = offer(NewNode.of(NodeKind.SLURM_JOB, hash("job" + i).substring(0, 32), "job"));
            attempts.add(offer(NewNode.of(NodeKind.ATTEMPT, job.identity() + "/0", "attempt")
                    .from(EdgeRole.RAN_ON, new NodeKey(NodeKind.NODE, "n" + i % 200))
                    .from(EdgeRole.SUBMITTED_IN, job)));
        }
        offer(NewNode.of(NodeKind.GIVEN_FILE, hash("vae-file"), "vae.safetensors"));
        offer(NewNode.of(NodeKind.VAE, hash("vae"), "VideoVAE")
                .from(EdgeRole.GIVEN_AS, new NodeKey(NodeKind.GIVEN_FILE, hash("vae-file")))
                .madeBy(attempt()));
    }

    private void data() {
        NodeKey vae = new NodeKey(NodeKind.VAE, hash("vae"));
        NodeKey text = new NodeKey(NodeKind.TEXT_ENCODER, hash("text"));
        NewNode.Builder shard = shard(0);
        for (int i = 0; i < clips; i++) {
            if (i % CLIPS_A_VIDEO == 0) {
                offer(NewNode.of(NodeKind.VIDEO, video(i), "video-%d.mp4".formatted(i / CLIPS_A_VIDEO)));
            }
            Optional<NodeKey> attempt = Optional.of(attempts.get(i / CLIPS_A_SHARD % attempts.size()));
            NodeKey clip = offer(NewNode.of(NodeKind.CLIP, clip(i), "clip")
                    .from(EdgeRole.CUT_FROM, new NodeKey(NodeKind.VIDEO, video(i - i % CLIPS_A_VIDEO)))
                    .madeBy(attempt));
            NodeKey caption = offer(NewNode.of(NodeKind.CAPTION, hash("caption" + i), "A bridge over a river.")
                    .from(EdgeRole.DESCRIBES, clip)
                    .madeBy(attempt));
            NodeKey features = offer(NewNode.of(NodeKind.TEXT_FEATURES, hash("features" + i), "A bridge over a river.")
                    .from(EdgeRole.ENCODED_FROM, caption)
                    .from(EdgeRole.ENCODED_BY, text)
                    .madeBy(attempt));
            NodeKey latent = offer(NewNode.of(NodeKind.LATENT, hash("latent" + i), "latent")
                    .from(EdgeRole.ENCODED_FROM, clip)
                    .from(EdgeRole.ENCODED_BY, vae)
                    .madeBy(attempt));
            shard.from(EdgeRole.CONTAINS, latent).from(EdgeRole.CONTAINS, features);
            if (i % CLIPS_A_SHARD == CLIPS_A_SHARD - 1 || i == clips - 1) {
                shards.add(offer(shard));
                shard = shard(i + 1);
            }
        }
    }

    private NewNode.Builder shard(int from) {
        return NewNode.of(NodeKind.SHARD, hash("shard" + from), "shard")
                .from(EdgeRole.INPUT, new NodeKey(NodeKind.VAE, hash("vae")))
                .madeBy(attempt());
    }

    private void lists() {
        for (int m = 0; m < MANIFESTS; m++) {
            NewNode.Builder list = NewNode.of(NodeKind.MANIFEST, hash("manifest" + m), "clips");
            random.ints(0, clips)
                    .distinct()
                    .limit(Math.min(clips, membersAList))
                    .forEach(i -> list.from(EdgeRole.CONTAINS, new NodeKey(NodeKind.CLIP, clip(i))));
            manifests.add(offer(list));
        }
    }

    /** Checkpoints, each of a training of its own that starts from the one before. */
    private NodeKey chain(Optional<NodeKey> from, int length, String name, boolean forks) {
        Optional<NodeKey> before = from;
        for (int i = 0; i < length; i++) {
            int number = trainings++;
            NewNode.Builder training = NewNode.of(NodeKind.TRAINING, hash("training" + number), "training")
                    .from(EdgeRole.CODE, new NodeKey(NodeKind.CODE_VERSION, hash("code")))
                    .from(EdgeRole.INPUT, shards.get(random.nextInt(shards.size())));
            before.ifPresent(initial -> training.from(EdgeRole.INITIAL, initial));
            for (int k = 0; k < LISTS_A_TRAINING; k++) {
                training.from(EdgeRole.TRAINED_ON, manifests.get((number * LISTS_A_TRAINING + k) % manifests.size()));
            }
            NodeKey recipe = offer(training);
            NodeKey checkpoint =
                    offer(NewNode.of(NodeKind.CHECKPOINT, hash("checkpoint" + number), "%s-%d".formatted(name, i))
                            .fact("update", 1000L * i)
                            .from(EdgeRole.STATE_OF, recipe)
                            .from(EdgeRole.CONFIGURED_BY, new NodeKey(NodeKind.CONFIGURATION, hash("configuration")))
                            .madeBy(attempt()));
            for (int k = 0; k < EVALUATIONS; k++) {
                NodeKey evaluation =
                        offer(NewNode.of(NodeKind.EVALUATION, hash("evaluation" + number + "/" + k), "evaluation")
                                .from(EdgeRole.EVALUATES, checkpoint)
                                .madeBy(attempt()));
                offer(NewNode.of(NodeKind.EXPORT, hash("export" + number + "/" + k), "export")
                        .from(EdgeRole.EXPORTED_FROM, checkpoint)
                        .from(EdgeRole.EXPORTED_FROM, evaluation));
            }
            before = Optional.of(checkpoint);
            if (forks && i % FORK_EVERY == 0) {
                chain(before, FORK, "fork-" + i, false);
            }
        }
        return before.orElseThrow();
    }

    private Optional<NodeKey> attempt() {
        return Optional.of(attempts.get(random.nextInt(attempts.size())));
    }

    private NodeKey offer(NewNode.Builder builder) {
        NewNode node = builder.build();
        batch.add(node);
        nodes++;
        edges += node.parents().size();
        if (batch.size() == BATCH) {
            flush();
        }
        return node.key();
    }

    private void flush() {
        record.accept(batch);
        batch.clear();
    }

    static String clip(int number) {
        return hash("clip" + number).substring(0, 16);
    }

    private static String video(int firstClip) {
        return hash("video" + firstClip);
    }

    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
