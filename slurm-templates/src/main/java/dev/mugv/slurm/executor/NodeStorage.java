package dev.mugv.slurm.executor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Where the files of a workspace lie for the nodes. Engine and executors read and write the controller's workspace alone, whatever
 * stands behind this: storage that both share, or a workspace of the cluster's that is brought up to date with it. A method that
 * throws has had an effect or not, leaves nothing half under its name, and may be called again.
 */
public interface NodeStorage {
    /** Storage that the controller and all nodes share, under the same path: nothing is to be done. */
    NodeStorage SHARED = new SharedNodeStorage();

    /** A path of the controller's workspace as nodes have it. */
    Path seenByNodes(Path path);

    /** Makes files lie where nodes find them; what is there already is not sent again. */
    void send(Collection<Content> contents) throws IOException;

    /**
     * Makes a folder appear by one rename, unless nodes have it.
     *
     * @param folder in the controller's workspace
     * @param proof the file in it that says what the others are
     */
    void sendFolder(Path folder, Content proof, Collection<Content> contents) throws IOException;

    /** Makes the files of a prepared submission lie where nodes find them, the script last. */
    void deliver(ArraySubmission submission) throws IOException;

    /** Makes what the controller has said in a submission's folder since, a stop for example, be seen by nodes. */
    void tell(ArraySubmission submission) throws IOException;

    /** Brings what nodes have written in the folders of submissions, and tells them what the controller has said. */
    void exchange(Collection<ArraySubmission> submissions) throws IOException;

    /**
     * Copies a file as nodes have it.
     *
     * @param file in the controller's workspace
     * @param into where the copy is to lie; not forced to disk
     * @return whether nodes have it
     */
    boolean fetch(Path file, Path into) throws IOException;

    /** Whether the controller's files are the nodes' own. */
    boolean isShared();

    /**
     * A file that nodes need.
     *
     * @param source where it is read, links followed
     * @param target its name for nodes, as a path of the controller's workspace
     * @param sha256 of its content
     */
    record Content(Path source, Path target, String sha256) {}
}
