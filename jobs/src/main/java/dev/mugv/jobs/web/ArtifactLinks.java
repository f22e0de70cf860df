package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.steps.report.PageLinks;
import java.nio.file.Path;
import java.util.Optional;

/** Links from what a report shows to files and clips of a run. */
record ArtifactLinks(RunIdentity run) implements PageLinks {
    /** {@code <workspace>/artifacts/<task>/<short key>/<name>} is served under the same words. */
    @Override
    public String link(Path source) {
        Path within = run.workspace().resolve("artifacts").relativize(source);
        return Links.file(
                run.name(),
                within.getName(0).toString(),
                within.getName(1).toString(),
                within.subpath(2, within.getNameCount()).toString());
    }

    @Override
    public Optional<String> clip(String clipId) {
        return Optional.of(Links.clip(run.name(), clipId));
    }
}
