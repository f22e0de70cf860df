package dev.mugv.jobs.cli;

import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.format.ImportDataRequest.BadSamples;
import dev.mugv.model.format.ImportDataRequest.Normalisation;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mugv data import}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes shards that training reads out of the published MUG-V trainer's data folder: latents/*.pt,"
                    + " text_features/*_text.pt and train.csv.",
            "",
            "Each latent ends up normalised exactly once. Marked 'real' it is normalised here, marked 'generated' it is taken as"
                    + " it is; a mark that the latent's own numbers contradict is refused. The folder's own tools get this wrong"
                    + " by default: they write normalised latents and mark them 'real'.",
            "What each latent was is recorded in import.json beside the shards."
        },
        footer = {
            "",
            "Examples:",
            "  mugv data import samples --to shards --vae models/vae",
            "  mugv data import samples --to shards --normalisation normalised",
            "  mugv data import samples/train.csv --to shards --leave-out-bad --captions captions.csv"
        })
final class ImportDataCommand implements Callable<Integer> {
    private static final Map<String, Normalisation> NORMALISATIONS = Map.of(
            "check-marks", Normalisation.CHECKED_MARKS,
            "trust-marks", Normalisation.TRUSTED_MARKS,
            "normalised", Normalisation.NORMALISED,
            "not-normalised", Normalisation.NOT_NORMALISED);

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "FOLDER", description = "Folder with train.csv, or that file itself.")
    private Path data = Path.of("");

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "Folder of shards to be made.")
    private Path to = Path.of("");

    @Option(
            names = "--vae",
            paramLabel = "FOLDER",
            description =
                    "Folder of the VideoVAE that encoded the latents (see 'mugv model convert'); its normalisation is used"
                            + " and its hash recorded (default: the published constants, VAE unknown).")
    private Optional<Path> vae = Optional.empty();

    @Option(
            names = "--text-encoder",
            paramLabel = "FOLDER",
            description = "Hugging Face folder of the T5 that encoded the captions; its identity is recorded (default:"
                    + " unknown).")
    private Optional<Path> textEncoder = Optional.empty();

    @Option(
            names = "--captions",
            paramLabel = "FILE",
            description = "CSV file sample_id,text with the captions, to be recorded.")
    private Optional<Path> captions = Optional.empty();

    @Option(
            names = "--fps",
            paramLabel = "FPS",
            description = "Frames a second of all videos, which the format does not say (default: ${DEFAULT-VALUE}, the"
                    + " published trainer's).")
    private double fps = 24;

    @Option(
            names = "--shard-samples",
            paramLabel = "N",
            description = "Most samples of one shard (default: ${DEFAULT-VALUE}).")
    private int shardSamples = 64;

    @Option(
            names = "--normalisation",
            paramLabel = "RULE",
            description =
                    "check-marks, trust-marks, normalised (all are, whatever the marks say) or not-normalised (none is)"
                            + " (default: ${DEFAULT-VALUE}).")
    private String normalisation = "check-marks";

    @Option(
            names = "--leave-out-bad",
            description = "Leaves out samples that cannot be used and says which, instead of importing nothing.")
    private boolean leaveOutBad;

    @Override
    public Integer call() {
        Normalisation rule = NORMALISATIONS.get(normalisation);
        if (rule == null) {
            throw refused(
                    "expected a --normalisation of check-marks, trust-marks, normalised or not-normalised, found '%s'"
                            .formatted(normalisation));
        }
        if (shardSamples < 1 || !(fps >= 0.1 && fps <= 240)) {
            throw refused("expected at least 1 sample a shard and 0.1 to 240 frames a second, found %d and %s"
                    .formatted(shardSamples, fps));
        }
        ImportDataRequest request = new ImportDataRequest(
                absolute(data),
                absolute(to),
                vae.map(ImportDataCommand::absolute),
                textEncoder.map(ImportDataCommand::absolute),
                captions.map(ImportDataCommand::absolute),
                fps,
                shardSamples,
                rule,
                leaveOutBad ? BadSamples.LEAVE_OUT : BadSamples.REFUSE);
        return engine.process().run(ToolKind.IMPORT_DATA, request);
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot import the data: %s. See 'mugv data import --help'.".formatted(fact));
    }
}
