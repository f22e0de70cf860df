package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.executor.NodeStorage.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a submission rests on and what comes of it, where nodes have another storage than the controller: contents are sent before it
 * is handed over, a published artifact is fetched before it is judged. On shared storage nothing is done.
 */
final class NodeFiles {
    /** Names by content in work orders: videos, given weights and shards, labels ({@link ContentLinks}). */
    private static final Pattern NAMED_BY_CONTENT =
            Pattern.compile("(?:videos|given|labels)/([0-9a-f]{64})(?:\\.csv)?");

    private final NodeStorage storage;
    private final ArtifactStore store;
    private final WorkerProgram program;
    private final Path workspace;
    private final Transitions transitions;
    private String silence = "";

    NodeFiles(
            NodeStorage storage, ArtifactStore store, WorkerProgram program, Path workspace, Transitions transitions) {
        this.transitions = transitions;
        this.storage = storage;
        this.store = store;
        this.program = program;
        this.workspace = workspace;
    }

    /**
     * Brings what nodes have written in the folders of submissions. Without an answer nothing can be judged, as what is not here is not
     * known to be missing.
     *
     * @return whether there was an answer
     */
    boolean exchange(StepScope scope, Collection<ArraySubmission> live) {
        return heard(scope, () -> storage.exchange(live));
    }

    /**
     * Makes everything lie where nodes find it, the submission's script last. What did not arrive has not been handed over, and is sent
     * again.
     *
     * @return whether everything arrived
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when work rests on a file that only this machine has
     */
    boolean deliver(WorkSession session, ArraySubmission submission) {
        return storage.isShared() || heard(session.scope(), () -> sendAll(session, submission));
    }

    /** Says once what the cluster did not answer. */
    private boolean heard(StepScope scope, Transfer transfer) {
        try {
            transfer.run();
            silence = "";
            return true;
        } catch (IOException e) {
            if (!silence.equals(String.valueOf(e.getMessage()))) {
                silence = String.valueOf(e.getMessage());
                transitions.warn(scope, "files of the cluster: no answer: %s", silence);
            }
            return false;
        }
    }

    private interface Transfer {
        void run() throws IOException;
    }

    private void sendAll(WorkSession session, ArraySubmission submission) throws IOException {
        storage.send(program.files());
        Set<Content> contents = new LinkedHashSet<>();
        Set<ArtifactRef> artifacts = new LinkedHashSet<>();
        for (AttemptEntry attempt : session.open()) {
            if (attempt.element().token().equals(submission.token())) {
                WorkItem item = session.piece(attempt.key()).orElseThrow().item();
                collect(item, item.parameters(), contents);
                artifacts.addAll(item.inputs());
            }
        }
        storage.send(contents);
        for (ArtifactRef artifact : artifacts) {
            send(artifact);
        }
        storage.deliver(submission);
    }

    private void collect(WorkItem item, JsonNode node, Set<Content> contents) {
        for (JsonNode each : node) {
            collect(item, each, contents);
        }
        if (!node.isString()) {
            return;
        }
        String text = node.asString();
        Matcher name = NAMED_BY_CONTENT.matcher(text);
        if (name.matches()) {
            Path file = workspace.resolve(text);
            contents.add(new Content(file, file, name.group(1)));
        } else if (text.startsWith("/") && exists(text)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot submit '%s': it reads '%s', which only this machine has ('slurm.ssh.storage'). Use a setting that"
                                    + " needs no such file, or storage that both share.")
                            .formatted(item.label(), text));
        }
    }

    /** A caption may begin as a path does. */
    private static boolean exists(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private void send(ArtifactRef artifact) throws IOException {
        Path folder = store.folder(artifact.task(), new ArtifactKey(artifact.key()));
        List<Content> contents = new ArrayList<>();
        store.manifest(artifact).files().forEach((name, entry) -> {
            Path file = folder.resolve(name);
            contents.add(new Content(file, file, entry.sha256()));
        });
        Path manifest = folder.resolve(OutputManifest.FILE_NAME);
        storage.sendFolder(folder, new Content(manifest, manifest, artifact.manifestSha256()), contents);
    }

    /**
     * Has what a run has published here, as {@link #fetch} does.
     *
     * @return whether there was an answer
     */
    boolean take(StepScope scope, WorkOrder order, int run, String manifestSha256) {
        return storage.isShared() || heard(scope, () -> fetch(order, run, manifestSha256));
    }

    /**
     * Fetches what a run has published, unless it is here. Files that an earlier try has brought whole are kept.
     *
     * @throws IOException when the cluster did not answer; to be tried again
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} when what nodes have is not what the run says it published
     */
    private void fetch(WorkOrder order, int run, String manifestSha256) throws IOException {
        if (store.find(order.task(), order.key()).isPresent()) {
            return;
        }
        Path published = store.folder(order.task(), order.key());
        Path copy = store.pendingFolder(order, run);
        Files.createDirectories(copy);
        Path manifest = copy.resolve(OutputManifest.FILE_NAME);
        take(published.resolve(OutputManifest.FILE_NAME), manifest, manifestSha256);
        for (Map.Entry<String, OutputManifest.FileEntry> entry :
                Json.read(manifest, OutputManifest.class).files().entrySet()) {
            Path file = copy.resolve(entry.getKey()).normalize();
            if (!file.startsWith(copy)) {
                throw corrupt(manifest, "it names '" + entry.getKey() + "'");
            }
            take(published.resolve(entry.getKey()), file, entry.getValue().sha256());
        }
        store.publishCopy(copy, order, manifestSha256);
    }

    private void take(Path file, Path into, String sha256) throws IOException {
        if (Files.isRegularFile(into) && Sha256.ofFile(into).equals(sha256)) {
            return;
        }
        if (!storage.fetch(file, into)) {
            throw corrupt(storage.seenByNodes(file), "the file is missing on the cluster");
        }
        String found = Sha256.ofFile(into);
        if (!found.equals(sha256)) {
            throw corrupt(storage.seenByNodes(file), "expected SHA-256 " + sha256 + ", found " + found);
        }
    }

    private static WorkFailure corrupt(Path file, String fact) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot fetch artifact file '%s': %s. Delete its folder there to have it made again."
                        .formatted(file, fact));
    }
}
