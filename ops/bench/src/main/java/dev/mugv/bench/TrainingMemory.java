package dev.mugv.bench;

import dev.mugv.model.train.MemoryProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Trains a small model through the real task, with checkpoints, and prints after update 200 and after the last one: resident KiB,
 * KiB of Java's heap after a collection, and heap bytes that an update allocated. Arguments: updates, layers, side of the frames in
 * pixels, precision (2000 1 32 fp32 without any). With {@code BENCH_JAVA_OPTIONS="-Xms128m -Xmx128m -XX:+AlwaysPreTouch"} what
 * grows of the resident size is native memory.
 */
public final class TrainingMemory {
    private TrainingMemory() {}

    public static void main(String[] arguments) throws IOException {
        String[] a = arguments.length == 0 ? new String[] {"2000", "1", "32", "fp32"} : arguments;
        Path folder = Files.createTempDirectory("training-memory");
        System.out.println("training " + String.join(" ", a) + " in " + folder);
        MemoryProbe.main(new String[] {folder.toString(), a[0], a[1], a[2], a[3]});
    }
}
