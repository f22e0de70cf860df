package dev.mugv.slurm.sftp;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.ssh.RemoteFiles;
import dev.mugv.slurm.ssh.SshCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A workspace of the cluster's beside the controller's own. The controller's files are the ones that count for the controller, the
 * cluster's for workers: orders, scripts, inputs and programs are sent, claims, heartbeats, logs and exit records are brought, results
 * are fetched by whoever can verify them.
 *
 * <p>A file is sent under a pending name, its hash compared by the cluster's own program, forced to disk, renamed. It is fetched
 * under a pending name and renamed. So a transfer that dies leaves nothing half, and the next does it again.
 */
public final class SftpNodeStorage implements NodeStorage {
    /** Between two looks: an end is to be seen within seconds, and a look is one listing. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** Beyond this many, heartbeats are brought once in a while only: they tell of progress, and a hang takes hours. */
    private static final int MANY_HEARTBEATS = 32;

    private static final Duration BETWEEN_HEARTBEATS = Duration.ofMinutes(1);

    private final SshCommandRunner link;
    private final RemoteShell shell;
    private final Path workspace;
    private final Path root;
    private final InstantSource clock;
    /** Of this process alone, so that two controllers that send the same file do not write into each other's. */
    private final String pendingPrefix =
            "pending-" + UUID.randomUUID().toString().substring(0, 8) + "-";

    private final Map<String, SubmissionFile> known = new HashMap<>();
    private final Map<String, Instant> beats = new HashMap<>();
    private final Set<String> there = new HashSet<>();
    private Instant lookedAt = Instant.MIN;
    private Set<String> lookedFor = Set.of();

    /**
     * @param workspace the controller's, absolute
     * @param root the cluster's, absolute
     */
    public SftpNodeStorage(SshCommandRunner link, Path workspace, Path root, InstantSource clock) {
        if (!workspace.isAbsolute() || !root.isAbsolute()) {
            throw new IllegalArgumentException(
                    "expected absolute workspaces, found '" + workspace + "' and '" + root + "'");
        }
        this.link = link;
        this.shell = new RemoteShell(link);
        this.workspace = workspace.normalize();
        this.root = root.normalize();
        this.clock = clock;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Path seenByNodes(Path path) {
        return root.resolve(relative(path));
    }

    private Path relative(Path path) {
        Path normal = path.toAbsolutePath().normalize();
        if (!normal.startsWith(workspace)) {
            throw new IllegalArgumentException("'" + path + "' is not in the workspace '" + workspace + "'");
        }
        return workspace.relativize(normal);
    }

    private String remote(Path path) {
        return seenByNodes(path).toString();
    }

    @Override
    public synchronized void send(Collection<Content> contents) throws IOException {
        List<Content> missing = missing(contents);
        if (!missing.isEmpty()) {
            put(missing);
            missing.forEach(content -> there.add(remote(content.target())));
        }
    }

    /** Of files that are named by their content, those that nodes lack. */
    private List<Content> missing(Collection<Content> contents) throws IOException {
        List<Content> unknown = contents.stream()
                .filter(content -> !there.contains(remote(content.target())))
                .toList();
        if (unknown.isEmpty()) {
            return List.of();
        }
        there.addAll(shell.existing(
                unknown.stream().map(content -> remote(content.target())).toList()));
        return unknown.stream()
                .filter(content -> !there.contains(remote(content.target())))
                .toList();
    }

    @Override
    public synchronized void sendFolder(Path folder, Content proof, Collection<Content> contents) throws IOException {
        String name = remote(folder);
        if (there.contains(name)) {
            return;
        }
        String proofName = remote(proof.target());
        if (!shell.existing(List.of(proofName)).isEmpty()) {
            String found = shell.sha256(proofName);
            if (!found.equals(proof.sha256())) {
                throw new IOException(
                        "'%s' on the cluster has SHA-256 %s, expected %s".formatted(proofName, found, proof.sha256()));
            }
        } else {
            Path pending = folder.resolveSibling(pendingPrefix + folder.getFileName());
            List<Content> all = new ArrayList<>(contents);
            all.add(proof);
            put(all.stream()
                    .map(each -> new Content(
                            each.source(), pending.resolve(folder.relativize(each.target())), each.sha256()))
                    .toList());
            shell.settleFolder(remote(pending), name);
        }
        there.add(name);
    }

    @Override
    public synchronized void deliver(ArraySubmission submission) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int index = 0; index < submission.elements(); index++) {
            for (String name : List.of("order.json", "predecessor")) {
                Path file = submission.attempt(index).resolve(name);
                if (Files.exists(file)) {
                    files.add(file);
                }
            }
        }
        files.add(submission.script());
        put(own(files));
    }

    /** Files of the workspace under the same name. */
    private static List<Content> own(List<Path> files) throws IOException {
        List<Content> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(new Content(file, file, Hash.of(file)));
        }
        return contents;
    }

    /** Sends files under pending names, has them verified, and gives them their names in order. */
    private void put(List<Content> contents) throws IOException {
        Set<String> folders = new LinkedHashSet<>();
        contents.forEach(content -> folders.add(parent(remote(content.target()))));
        shell.makeFolders(folders);
        List<String> words = new ArrayList<>();
        try (RemoteFiles files = link.files()) {
            for (Content content : contents) {
                String name = remote(content.target());
                String pending =
                        parent(name) + "/" + pendingPrefix + content.target().getFileName();
                files.put(content.source().toRealPath(), pending);
                words.addAll(List.of(pending, name, content.sha256()));
            }
        }
        shell.settle(words);
    }

    private static String parent(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }

    @Override
    public synchronized void tell(ArraySubmission submission) throws IOException {
        exchangeNow(List.of(submission));
    }

    @Override
    public synchronized void exchange(Collection<ArraySubmission> submissions) throws IOException {
        Set<String> wanted = new HashSet<>();
        submissions.forEach(submission -> wanted.add(submission.token()));
        Instant now = clock.instant();
        if (lookedFor.containsAll(wanted) && now.isBefore(lookedAt.plus(BETWEEN_LOOKS))) {
            return;
        }
        lookedFor = Set.of(); // a look that fails is none
        exchangeNow(submissions);
        lookedAt = now;
        lookedFor = wanted;
    }

    private void exchangeNow(Collection<ArraySubmission> submissions) throws IOException {
        if (submissions.isEmpty()) {
            return;
        }
        List<SubmissionFile> found = new ArrayList<>();
        String listing = shell.list(submissions.stream()
                .map(submission -> remote(submission.folder()))
                .toList());
        for (String line : listing.split("\0")) {
            SubmissionFile.of(line, root.toString()).ifPresent(found::add);
        }
        bring(found);
        signs(submissions, found);
    }

    private void bring(List<SubmissionFile> found) throws IOException {
        long running = found.stream()
                .filter(file -> file.kind() == SubmissionFile.Kind.HEARTBEAT && isNews(file))
                .count();
        List<SubmissionFile> news = found.stream()
                .filter(file -> isNews(file) && !isHeldBack(file, running))
                .sorted(java.util.Comparator.comparing(SubmissionFile::kind))
                .toList();
        if (news.isEmpty()) {
            return;
        }
        try (RemoteFiles files = link.files()) {
            for (SubmissionFile file : news) {
                bring(file, files);
                known.put(file.name(), file);
            }
        }
    }

    private boolean isNews(SubmissionFile file) {
        return !file.equals(known.get(file.name()));
    }

    private boolean isHeldBack(SubmissionFile file, long running) {
        if (file.kind() != SubmissionFile.Kind.HEARTBEAT || running <= MANY_HEARTBEATS) {
            return false;
        }
        Instant now = clock.instant();
        Instant last = beats.getOrDefault(file.name(), Instant.MIN);
        if (now.isBefore(last.plus(BETWEEN_HEARTBEATS))) {
            return true;
        }
        beats.put(file.name(), now);
        return false;
    }

    private void bring(SubmissionFile file, RemoteFiles files) throws IOException {
        Path here = workspace.resolve(file.name());
        if (file.kind() == SubmissionFile.Kind.SIGN
                && (file.bytes() == 0 || Files.exists(here) && Files.size(here) == 0)) {
            return; // the controller's own, which stands against a signal's: see signs
        }
        Files.createDirectories(here.getParent());
        if (file.kind() == SubmissionFile.Kind.LOG) {
            long have = Files.exists(here) ? Files.size(here) : 0;
            if (file.bytes() > have) {
                files.append(root + "/" + file.name(), have, here);
            }
            return;
        }
        Path pending = here.resolveSibling("pending-brought-" + here.getFileName());
        Files.deleteIfExists(pending);
        if (files.append(root + "/" + file.name(), 0, pending)) {
            Files.move(pending, here, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.deleteIfExists(pending); // gone since the listing: the next one tells
        }
    }

    /**
     * Files that say something by being there. The controller's own (an empty stop, released) are given to nodes that lack them; a
     * stop that a signal made goes here when its script has removed it there.
     */
    private void signs(Collection<ArraySubmission> submissions, List<SubmissionFile> found) throws IOException {
        Map<String, Long> remote = new HashMap<>();
        found.stream()
                .filter(file -> file.kind() == SubmissionFile.Kind.SIGN)
                .forEach(file -> remote.put(file.name(), file.bytes()));
        List<Path> missing = new ArrayList<>();
        for (ArraySubmission submission : submissions) {
            for (int index = 0; index < submission.elements(); index++) {
                Path stop = submission.stopFile(index);
                if (Files.exists(stop)) {
                    long there = remote.getOrDefault(relative(stop).toString(), -1L);
                    if (Files.size(stop) == 0 && there != 0) {
                        missing.add(stop);
                    } else if (Files.size(stop) > 0 && there < 0) {
                        Files.delete(stop);
                    }
                }
                Path released = submission.attempt(index).resolve("released");
                if (Files.exists(released)
                        && !remote.containsKey(relative(released).toString())) {
                    missing.add(released);
                }
            }
        }
        if (!missing.isEmpty()) {
            put(own(missing));
        }
    }

    @Override
    public synchronized boolean fetch(Path file, Path into) throws IOException {
        Files.deleteIfExists(into);
        Files.createDirectories(into.toAbsolutePath().getParent());
        boolean found;
        try (RemoteFiles files = link.files()) {
            found = files.append(remote(file), 0, into);
        }
        if (!found) {
            Files.deleteIfExists(into);
        }
        return found;
    }
}
