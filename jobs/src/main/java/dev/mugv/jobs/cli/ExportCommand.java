package dev.mugv.jobs.cli;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.CheckpointVerification;
import dev.mugv.steps.export.DsseEnvelope;
import dev.mugv.steps.export.Excerpt;
import dev.mugv.steps.export.LineageEvents;
import dev.mugv.steps.export.ProvDocument;
import dev.mugv.steps.export.ReleaseStatement;
import dev.mugv.steps.export.RunCrate;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code mugv export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes everything that a checkpoint was made from in a format that others read.",
            "",
            "  openlineage   run events of OpenLineage, one a line",
            "  prov          W3C PROV as PROV-JSON",
            "  ro-crate      a folder: a Process Run Crate with the checkpoint's files",
            "  in-toto       an in-toto statement with SLSA provenance, signed by --key in a DSSE envelope",
            "",
            "The checkpoint's files are read and held against the ledger first; what does not verify is not exported. The export"
                    + " stands in the lineage and in the audit log."
        },
        footer = {
            "",
            "Examples:",
            "  mugv export finetune --format prov --to finetune.prov.json",
            "  mugv export align-pairs --format in-toto --key release.pem --to align-pairs.intoto.json"
        })
final class ExportCommand extends RunQuestion<ExportCommand.Exported> {
    @Parameters(index = "0", paramLabel = "ID", description = "A hash or its beginning, or the name of a step.")
    private String word = "";

    @Option(names = "--format", required = true, paramLabel = "FORMAT", description = "One of the formats above.")
    private String format = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PATH",
            description = "What is written; must not be there yet.")
    private Path to = Path.of("");

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "An Ed25519 key in PEM, to sign an in-toto statement with.")
    private @Nullable Path key;

    @Option(names = "--force", description = "Export what does not verify too; that it was forced is recorded.")
    private boolean force;

    private enum Format {
        OPENLINEAGE,
        PROV,
        RO_CRATE,
        IN_TOTO;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What was written.
     *
     * @param sha256 of the file, or of the crate's metadata
     * @param unverified why it did not verify; empty where it did
     */
    record Exported(String node, String format, String path, String sha256, String unverified) {}

    @Override
    Exported answer(SelectedRun run) {
        ControllerLog.silent();
        Format chosen = format();
        if (Files.exists(to)) {
            throw refused("expected nothing at '%s', found something. Name another path or remove it".formatted(to));
        }
        Optional<DsseEnvelope.SigningKey> signing = signing(chosen);
        LedgerAccess ledger = LedgerAccess.of(
                new RunDatabase(run, System.getenv()).openForWork().dataSource());
        LineageReader reader = new LineageReader(ledger.jdbc());
        LineageNode subject = LineageWords.require(reader, word, "export");
        String unverified = unverified(ledger, run, reader.facts(subject));
        if (!unverified.isEmpty() && !force) {
            throw refused(
                    "expected files as the ledger has them, found: %s. See 'mugv checkpoints verify', or add --force, which is recorded"
                            .formatted(unverified));
        }
        Excerpt excerpt = Excerpt.of(reader, subject);
        String sha256 = write(chosen, excerpt, signing, files(run, reader.facts(subject)));
        Path written = to.toAbsolutePath().normalize();
        new ExportRecord(run.identity().name(), ledger)
                .note(List.of(subject), new ExportRecord.Entry(chosen.word(), written, sha256, unverified));
        return new Exported(subject.key().toString(), chosen.word(), to.toString(), sha256, unverified);
    }

    private Format format() {
        return Arrays.stream(Format.values())
                .filter(each -> each.word().equals(format))
                .findFirst()
                .orElseThrow(() -> refused("expected one of the formats %s, found '%s'. Correct --format"
                        .formatted(
                                Arrays.stream(Format.values()).map(Format::word).collect(Collectors.joining(", ")),
                                format)));
    }

    private Optional<DsseEnvelope.SigningKey> signing(Format chosen) {
        if (chosen != Format.IN_TOTO) {
            return Optional.empty();
        }
        if (key == null) {
            throw refused(
                    "a statement is signed, and there is no key. Give --key, made by 'openssl genpkey -algorithm ed25519'");
        }
        return Optional.of(DsseEnvelope.SigningKey.read(key));
    }

    /** Why the checkpoint is not what the ledger says; empty when it is. */
    private static String unverified(LedgerAccess ledger, SelectedRun run, JsonNode facts) {
        String artifact = facts.path("artifact-key").asString("");
        CheckpointVerification verification = new CheckpointVerification(ledger.jdbc(), ledger.log());
        return verification.known(run.identity().name(), run.identity().workspace()).stream()
                .filter(known -> known.ref().key().equals(artifact))
                .findFirst()
                .map(verification::verify)
                .map(checked -> checked.verdict() == CheckpointVerification.Verdict.SOUND
                        ? ""
                        : checked.verdict() + " " + checked.fact())
                .orElse("the ledger has no published checkpoint of this kind");
    }

    private static Map<String, Path> files(SelectedRun run, JsonNode facts) {
        Map<String, Path> files = new TreeMap<>();
        String task = facts.path("task").asString("");
        Arrays.stream(TaskKind.values())
                .filter(kind -> kind.label().equals(task))
                .findFirst()
                .ifPresent(kind -> {
                    Path folder = new ArtifactStore(run.identity().workspace())
                            .folder(
                                    kind,
                                    new ArtifactKey(facts.path("artifact-key").asString()));
                    facts.path("files")
                            .properties()
                            .forEach(file -> files.put(file.getKey(), folder.resolve(file.getKey())));
                });
        return files;
    }

    private String write(
            Format chosen, Excerpt excerpt, Optional<DsseEnvelope.SigningKey> signing, Map<String, Path> files) {
        return switch (chosen) {
            case OPENLINEAGE -> writeText(LineageEvents.of(excerpt));
            case PROV -> writeText(ProvDocument.of(excerpt));
            case RO_CRATE -> {
                RunCrate.write(excerpt, files, to);
                yield Sha256.ofFile(to.resolve("ro-crate-metadata.json"));
            }
            case IN_TOTO ->
                writeText(DsseEnvelope.sign(
                                DsseEnvelope.IN_TOTO,
                                ReleaseStatement.of(excerpt).getBytes(StandardCharsets.UTF_8),
                                signing.orElseThrow())
                        .text());
        };
    }

    private String writeText(String text) {
        try {
            Path folder = to.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            DurableFile.write(to, text.getBytes(StandardCharsets.UTF_8));
            return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot export '%s': %s.".formatted(word.isEmpty() ? "nothing" : word, fact));
    }

    @Override
    void print(Exported exported, PrintWriter out) {
        out.println("%s of %s: %s".formatted(exported.format(), exported.node(), exported.path()));
        if (!exported.unverified().isEmpty()) {
            out.println("It does not verify (" + exported.unverified()
                    + "); that it was exported all the same is recorded.");
        }
    }
}
