package dev.mugv.model.run;

import java.nio.file.Path;
import java.util.List;

/**
 * Which of the processes of an allocation a worker is; one that works alone is rank 0 of 1.
 *
 * @param number from 0; rank 0 publishes and writes the attempt's exit record
 * @param size how many processes there are, the world size
 * @param localRank among the processes of the same node, from 0
 * @param nodes names of the nodes, in the order of ranks
 * @param rendezvous folder on shared storage in which the ranks of this run leave files for each other
 */
public record Rank(int number, int size, int localRank, List<String> nodes, Path rendezvous) {
    public Rank {
        nodes = List.copyOf(nodes);
        if (number < 0 || number >= size || localRank < 0 || localRank > number || nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected a rank below the size, a local rank not above it and a node, found rank %d of %d, local %d, nodes %s"
                            .formatted(number, size, localRank, nodes));
        }
    }

    /** The only process of an attempt's run. */
    public static Rank alone(AttemptFolder folder, int run) {
        return new Rank(0, 1, 0, List.of("localhost"), folder.rendezvous(run));
    }

    /** Whether this process publishes and speaks for the attempt. */
    public boolean leads() {
        return number == 0;
    }

    public boolean isAlone() {
        return size == 1;
    }
}
