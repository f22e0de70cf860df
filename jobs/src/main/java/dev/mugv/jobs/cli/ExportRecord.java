package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.lineage.Resolution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Notes in lineage and audit log that a file was made of a run's models and left its workspace. */
final class ExportRecord {
    /** Said of files that are made without reading what they are made of against the ledger first. */
    static final String UNREAD = "not read against the ledger";

    private final String run;
    private final LedgerAccess ledger;

    /** @param run its name */
    ExportRecord(String run, LedgerAccess ledger) {
        this.run = run;
        this.ledger = ledger;
    }

    /**
     * What left.
     *
     * @param format for example {@code prov}, or {@code mp4}
     * @param path absolute
     * @param sha256 of the file; of a folder, over the names and hashes of its files
     * @param unverified why what it was made of did not verify; empty where it did
     */
    record Entry(String format, Path path, String sha256, String unverified) {
        /** A file or folder that has just been made of something that nobody has verified. */
        static Entry unread(String format, Path path) {
            return new Entry(format, path, contentOf(path), UNREAD);
        }
    }

    /**
     * Notes a file that a tool made, when anything that it was made of is an artifact of a run.
     *
     * @param sources folders or files that it was made of
     */
    static void ofTool(List<Path> sources, Entry entry) {
        for (Path source : sources) {
            Optional<Path> workspace = workspaceAround(source);
            if (workspace.isPresent()) {
                SelectedRun run =
                        RunOptions.of(workspace.get(), Work.LogPlace.FILE).select(PathCheck.SKIPPED);
                LedgerAccess ledger = LedgerAccess.of(
                        new RunDatabase(run, System.getenv()).openForWork().dataSource());
                new ExportRecord(run.identity().name(), ledger).noteArtifacts(sources, entry);
                return;
            }
        }
    }

    private void noteArtifacts(List<Path> sources, Entry entry) {
        LineageReader reader = new LineageReader(ledger.jdbc());
        Set<LineageNode> found = new LinkedHashSet<>();
        for (Path source : sources) {
            manifestOf(source)
                    .map(Sha256::ofFile)
                    .map(reader::resolve)
                    .filter(Resolution.Found.class::isInstance)
                    .ifPresent(node -> found.add(((Resolution.Found) node).node()));
        }
        if (!found.isEmpty()) {
            note(List.copyOf(found), entry);
        }
    }

    /** Notes what was made of some nodes. Retention keeps what an event of this kind names by its artifact key. */
    void note(List<LineageNode> from, Entry entry) {
        LineageReader reader = new LineageReader(ledger.jdbc());
        ledger.transactions().executeWithoutResult(status -> {
            NewNode.Builder export = NewNode.of(
                            NodeKind.EXPORT, entry.sha256(), entry.path().toString())
                    .fact("format", entry.format())
                    .fact("path", entry.path().toString())
                    .fact("unverified", entry.unverified())
                    .name(entry.path().toString());
            from.forEach(node -> export.from(EdgeRole.EXPORTED_FROM, node.key()));
            new LineageGraph(ledger.jdbc()).record(export.build());
            for (LineageNode node : from) {
                String artifact = reader.facts(node).path("artifact-key").asString("");
                ledger.log()
                        .append(AuditEvent.of(
                                AuditKind.EXPORTED,
                                run,
                                artifact.isEmpty() ? node.key().identity() : artifact,
                                Map.of(
                                        "format", entry.format(),
                                        "path", entry.path().toString(),
                                        "sha256", entry.sha256(),
                                        "unverified", entry.unverified())));
            }
        });
    }

    /** The workspace of the run that something lies in. */
    private static Optional<Path> workspaceAround(Path path) {
        return Stream.iterate(path.toAbsolutePath().normalize().getParent(), parent -> parent != null, Path::getParent)
                .filter(parent -> RunRecord.find(parent).isPresent())
                .findFirst();
    }

    /** The manifest of the artifact or checkpoint that is this folder, or that this file is in. */
    private static Optional<Path> manifestOf(Path source) {
        return Stream.of(source, source.resolveSibling("."))
                .map(folder -> folder.resolve(OutputManifest.FILE_NAME).normalize())
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static String contentOf(Path path) {
        if (Files.isRegularFile(path)) {
            return Sha256.ofFile(path);
        }
        try (Stream<Path> files = Files.walk(path)) {
            StringBuilder text = new StringBuilder();
            files.filter(Files::isRegularFile)
                    .sorted()
                    .forEach(file -> text.append(path.relativize(file))
                            .append('\n')
                            .append(Sha256.ofFile(file))
                            .append('\n'));
            return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
