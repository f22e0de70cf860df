package dev.mugv.model.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the ranks of an allocation said of themselves: {@code rank-check.json}.
 *
 * @param ranks in their order
 * @param secondsUntilAllSeen by rank: how long it took until the files of all others were there
 * @param findings what a training over these ranks would stumble over; empty when all is well
 */
public record RankCheckReport(List<RankFacts> ranks, List<Double> secondsUntilAllSeen, List<String> findings) {
    public static final String FILE_NAME = "rank-check.json";

    /** Clocks that differ by more make ages of files and heartbeats meaningless. */
    private static final double CLOCK_SECONDS = 5;

    public RankCheckReport {
        ranks = List.copyOf(ranks);
        secondsUntilAllSeen = List.copyOf(secondsUntilAllSeen);
        findings = List.copyOf(findings);
    }

    /** The report on what was gathered. */
    public static RankCheckReport of(List<RankFacts> ranks, List<Double> secondsUntilAllSeen) {
        return new RankCheckReport(ranks, secondsUntilAllSeen, findings(ranks));
    }

    private static List<String> findings(List<RankFacts> ranks) {
        List<String> findings = new ArrayList<>();
        Set<String> versions = new TreeSet<>();
        Set<String> libraries = new LinkedHashSet<>();
        Set<String> hosts = new TreeSet<>();
        Set<List<String>> nodes = new LinkedHashSet<>();
        for (RankFacts each : ranks) {
            versions.add(each.javaVersion());
            libraries.add(each.libraries().toString());
            hosts.add(each.host());
            nodes.add(each.nodes());
        }
        if (versions.size() > 1) {
            findings.add("ranks run different versions of Java: " + versions);
        }
        if (libraries.size() > 1) {
            findings.add("ranks run different versions of libraries: " + libraries);
        }
        if (nodes.size() > 1) {
            findings.add("ranks were told different lists of nodes: " + nodes);
        }
        if (hosts.size() != ranks.get(0).nodes().size()) {
            findings.add("%d nodes were allocated (%s), ranks ran on %d (%s)"
                    .formatted(ranks.get(0).nodes().size(), ranks.get(0).nodes(), hosts.size(), hosts));
        }
        double spread = clockSpread(ranks);
        if (spread > CLOCK_SECONDS) {
            findings.add("ranks wrote their facts %.0f s apart: some started late, or their clocks differ"
                    .formatted(spread));
        }
        return findings;
    }

    private static double clockSpread(List<RankFacts> ranks) {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (RankFacts each : ranks) {
            first = Math.min(first, each.at().toEpochMilli());
            last = Math.max(last, each.at().toEpochMilli());
        }
        return (last - first) / 1000.0;
    }
}
