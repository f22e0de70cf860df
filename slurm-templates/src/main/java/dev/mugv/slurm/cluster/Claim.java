package dev.mugv.slurm.cluster;

import dev.mugv.slurm.executor.ArraySubmission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the batch script wrote when it took an attempt (templates/worker-array.sbatch).
 *
 * @param run restart count of the run that made it
 * @param job raw id of its Slurm job
 */
record Claim(int run, String job, String host, Instant at) {
    private static final Pattern NAME = Pattern.compile("claim-(\\d{1,9})");

    /** Every claim of an element, in the order of runs. */
    static List<Claim> of(ArraySubmission submission, int index) throws IOException {
        Path folder = submission.attempt(index);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Claim> claims = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    claims.add(read(file, Integer.parseInt(name.group(1))));
                }
            }
        }
        claims.sort(Comparator.comparingInt(Claim::run));
        return claims;
    }

    private static Claim read(Path file, int run) throws IOException {
        String job = "";
        String host = "";
        Instant at = Instant.EPOCH;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("job=")) {
                job = line.substring(4);
            } else if (line.startsWith("host=")) {
                host = line.substring(5);
            } else if (line.matches("at=\\d{1,12}")) {
                at = Instant.ofEpochSecond(Long.parseLong(line.substring(3)));
            }
        }
        return new Claim(run, job, host, at);
    }
}
