package dev.mugv.jobs.web;

import dev.mugv.steps.lineage.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.web.util.UriUtils;

/** Addresses of pages; every word of another's choice is encoded. */
final class Links {
    private Links() {}

    static String run(String run) {
        return path("runs", run);
    }

    /** One of a run's pages, for example its clips. */
    static String run(String run, String tab) {
        return tab.isEmpty() ? run(run) : path("runs", run, tab);
    }

    static String clip(String run, String clip) {
        return path("runs", run, "clips", clip);
    }

    /** A file of an artifact, under the names by which ledger and manifest know it. */
    static String file(String run, String task, String key, String name) {
        return path("runs", run, "files", task, key) + path(name.split("/"));
    }

    static String node(NodeKey key) {
        return query("/lineage", "id", key.toString());
    }

    /** A path with one more parameter, after those that it has. */
    static String query(String path, String name, Object value) {
        return path + (path.contains("?") ? "&" : "?") + name + "=" + encoded(value.toString());
    }

    private static String path(String... words) {
        return Arrays.stream(words).map(word -> "/" + encoded(word)).collect(Collectors.joining());
    }

    private static String encoded(String word) {
        return UriUtils.encode(word, StandardCharsets.UTF_8);
    }
}
