package dev.mugv.jobs.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Files: style sheets and the script of the pages, and pictures and videos of artifacts, in ranges where asked for. */
@RestController
final class FilePages {
    /** An artifact's files never change under their key. */
    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePrivate().immutable();

    private static final CacheControl ASKED_AGAIN = CacheControl.noCache().cachePrivate();

    private static final Map<String, MediaType> ASSETS = Map.of(
            "report.css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "web.css", new MediaType("text", "css", StandardCharsets.UTF_8),
            "live.js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "label.js", new MediaType("text", "javascript", StandardCharsets.UTF_8),
            "icon.svg", new MediaType("image", "svg+xml"));

    private final RunDirectory runs;
    private final PublishedFiles files;

    FilePages(RunDirectory runs, org.springframework.jdbc.core.simple.JdbcClient jdbc) {
        this.runs = runs;
        this.files = new PublishedFiles(jdbc);
    }

    @GetMapping("/assets/{name}")
    ResponseEntity<Resource> asset(@PathVariable String name) {
        MediaType type = ASSETS.get(name);
        if (type == null) {
            throw new NoSuchPage("file '%s'".formatted(name), "there is no such file. See the list of runs.");
        }
        return ResponseEntity.ok()
                .contentType(type)
                .cacheControl(ASKED_AGAIN)
                .body(new ByteArrayResource(Assets.bytes(name)));
    }

    @GetMapping("/runs/{run}/files/{task}/{key}/{*name}")
    ResponseEntity<Resource> file(
            @PathVariable String run, @PathVariable String task, @PathVariable String key, @PathVariable String name) {
        PublishedFiles.Found found = files.require(runs.require(run), task, key, name.substring(1));
        return ResponseEntity.ok()
                .contentType(found.type())
                .cacheControl(FOR_EVER)
                .body(new FileSystemResource(found.file()));
    }
}
