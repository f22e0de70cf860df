package dev.mugv.steps.work;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.NodeStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A cluster's workspace that is another folder of this machine, and a link to it that is silent when told to be. */
final class TwoFolders implements NodeStorage {
    int silentSends;
    int silentExchanges;
    int silentFetches;
    private final Path here;
    private final Path there;

    TwoFolders(Path here, Path there) {
        this.here = here;
        this.there = there;
    }

    @Override
    public Path seenByNodes(Path path) {
        return there.resolve(here.relativize(path));
    }

    @Override
    public void send(Collection<Content> contents) throws IOException {
        for (Content content : contents) {
            copy(content.source(), seenByNodes(content.target()));
        }
    }

    @Override
    public void sendFolder(Path folder, Content proof, Collection<Content> contents) throws IOException {
        send(contents);
        send(List.of(proof));
    }

    @Override
    public void deliver(ArraySubmission submission) throws IOException {
        if (silentSends > 0) {
            silentSends--;
            throw new IOException("the link was lost");
        }
        for (int index = 0; index < submission.elements(); index++) {
            Path order = submission.attempt(index).resolve("order.json");
            copy(order, seenByNodes(order));
        }
        copy(submission.script(), seenByNodes(submission.script()));
    }

    @Override
    public void tell(ArraySubmission submission) {}

    @Override
    public void exchange(Collection<ArraySubmission> submissions) throws IOException {
        if (silentExchanges > 0) {
            silentExchanges--;
            throw new IOException("the link was lost");
        }
        for (ArraySubmission submission : submissions) {
            Path folder = seenByNodes(submission.folder());
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    copy(file, submission.folder().resolve(folder.relativize(file)));
                }
            }
        }
    }

    @Override
    public boolean fetch(Path file, Path into) throws IOException {
        if (silentFetches > 0) {
            silentFetches--;
            throw new IOException("the link was lost");
        }
        if (!Files.exists(seenByNodes(file))) {
            return false;
        }
        copy(seenByNodes(file), into);
        return true;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
}
