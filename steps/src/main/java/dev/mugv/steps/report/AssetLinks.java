package dev.mugv.steps.report;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Gives every file that a report shows a name within the report's folder, so that the folder can be moved or sent away
 * whole. Names hold letters, digits, hyphens and one dot: nothing that a link would have to escape.
 */
final class AssetLinks implements PageLinks {
    private final Map<Path, String> linkBySource = new LinkedHashMap<>();

    /** The relative link of a file; the same file always has the same one. */
    @Override
    public String link(Path source) {
        return linkBySource.computeIfAbsent(
                source, s -> "assets/%03d-%s".formatted(linkBySource.size() + 1, plainName(s)));
    }

    /** Every file asked for so far, in that order. */
    Map<Path, String> all() {
        return Collections.unmodifiableMap(linkBySource);
    }

    private static String plainName(Path source) {
        String name = source.getFileName().toString().toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        String ending = dot < 0 ? "" : name.substring(dot + 1);
        return plain(stem) + (ending.isEmpty() ? "" : "." + plain(ending));
    }

    private static String plain(String text) {
        return text.replaceAll("[^a-z0-9]+", "-");
    }
}
