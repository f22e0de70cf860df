package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.format.AestheticTag;
import dev.mugv.model.format.GenerateVideoRequest;
import dev.mugv.model.format.GenerateVideoRequest.Existing;
import dev.mugv.model.format.GenerateVideoRequest.Nets;
import dev.mugv.model.format.GenerateVideoRequest.Output;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv generate}. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a video from a prompt; from a prompt and a first picture, a last one or both; or goes on with a video.",
            "",
            "Model, VideoVAE and text encoder are those of a run (--workspace, --config, else the run last started), as far as"
                    + " --model, --vae and --text do not name others; all three together need no run. What the run's"
                    + " configuration says of 'evaluate' stands where an option is not given.",
            "",
            "A video by a run's model stands in its lineage and its audit log: 'mugv lineage FILE.mp4'."
        },
        footer = {
            "",
            "Examples:",
            "  mugv generate --workspace workspace/demo --prompt \"People walking along a street\"",
            "  mugv generate --prompt \"The cup is lifted\" --image cup.jpg --last-image end.png --out cup.mp4",
            "  mugv generate --prompt \"It goes on\" --continue cup.mp4 --continue-latents 2 --out longer.mp4",
            "  mugv generate --model models/mug-v --vae vae.safetensors --text t5-v1_1-xxl --ratio 9:16 --length 5s \\",
            "      --prompt \"A woman in a white skirt turns round\" --image model.jpg --out turn.mp4"
        })
final class GenerateCommand implements Callable<Integer> {
    private static final String NO_SCORE = "none";

    @Mixin
    private RunOptions runOptions = new RunOptions();

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What is to be seen.")
    private String prompt = "";

    @Mixin
    private GivenOptions givenOptions = new GivenOptions();

    @Mixin
    private VideoOptions videoOptions = new VideoOptions();

    @Mixin
    private SamplerOptions samplerOptions = new SamplerOptions();

    @Option(
            names = "--aesthetic",
            paramLabel = "SCORE",
            description =
                    "Score that ends the prompt, as it ended the captions in training (default: 6.0; 'none': no score).")
    private String aesthetic = Double.toString(AestheticTag.PUBLISHED);

    @Mixin
    private RewriterOptions rewriterOptions = new RewriterOptions();

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description =
                    "Checkpoint ('mugv checkpoints --json' names folders) or converted weights ('mugv model convert').")
    private Optional<Path> model = Optional.empty();

    @Option(names = "--vae", paramLabel = "FILE", description = "Weights of the VideoVAE, safetensors.")
    private Optional<Path> vae = Optional.empty();

    @Option(
            names = "--text",
            paramLabel = "FOLDER",
            description = "T5-v1.1 encoder from Hugging Face: config.json, tokenizer.json, safetensors.")
    private Optional<Path> text = Optional.empty();

    @Option(
            names = "--text-precision",
            paramLabel = "TYPE",
            description = "How the weights of --text are held: bf16 or fp32 (default: bf16; T5-v1.1-XXL: 10 or 19 GB).")
    private WeightPrecision textPrecision = WeightPrecision.BF16;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE.mp4",
            description = "Where the video goes (default: generated.mp4 here, or generated-2.mp4 and so on).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--overwrite", description = "Replace a file that is there, once the new one is whole.")
    private boolean overwrite;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Output output = output();
        String read = prompt();
        Optional<SelectedRun> run = model.isPresent() && vae.isPresent() && text.isPresent()
                ? Optional.empty()
                : Optional.of(runOptions.select(PathCheck.SKIPPED));
        Optional<PipelineConfiguration> configuration = run.map(SelectedRun::configuration);
        VideoShape shape =
                videoOptions.shape(configuration.map(found -> found.evaluate().shape()));
        GenerateVideoRequest request = new GenerateVideoRequest(
                read,
                nets(run),
                shape,
                samplerOptions.sampler(
                        configuration.map(found -> found.evaluate().sampler())),
                givenOptions.given(shape),
                output,
                engine.threads(),
                rewriterOptions
                        .rewriter(
                                configuration.flatMap(found -> found.evaluate().rewriter()))
                        .map(service -> new GenerateVideoRequest.Rewriting(service, score())));
        int code = engine.process().run(ToolKind.GENERATE_VIDEO, request);
        if (code == ExitCode.COMPLETED.code()) {
            ExportRecord.ofTool(
                    List.of(request.nets().model(), request.nets().vae()),
                    ExportRecord.Entry.unread("mp4", output.file()));
        }
        return code;
    }

    private String prompt() {
        if (prompt.isBlank()) {
            throw refusal("the prompt is empty", "Say by --prompt what is to be seen");
        }
        Optional<Double> score = score();
        // What a service rewrites is what the user wrote; the score follows.
        return rewriterOptions.isAsked() || score.isEmpty()
                ? prompt.strip()
                : AestheticTag.append(prompt.strip(), score.get());
    }

    private Optional<Double> score() {
        if (aesthetic.equals(NO_SCORE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Double.parseDouble(aesthetic));
        } catch (NumberFormatException e) {
            throw refusal("expected a score or 'none', found '%s'".formatted(aesthetic), "Correct --aesthetic");
        }
    }

    private Nets nets(Optional<SelectedRun> run) {
        Optional<TextConfiguration> given = text.map(folder -> new TextConfiguration(
                Optional.of(absolute(folder)), 4096, TextConfiguration.PUBLISHED_TOKENS, 1, textPrecision));
        if (run.isEmpty()) {
            return new Nets(
                    absolute(model.orElseThrow()), absolute(vae.orElseThrow()), given.orElseThrow(), Optional.empty());
        }
        RunNets made = RunNets.of(run.get());
        if (model.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("Model: step '%s' of run '%s', %s"
                            .formatted(made.step(), run.get().identity().name(), made.model()));
        }
        // Nets of the user's own choice are tried as they are; only what is all the run's must be as it was trained.
        boolean ownOnly = model.isEmpty() && vae.isEmpty() && text.isEmpty();
        return new Nets(
                model.map(GenerateCommand::absolute).orElse(made.model()),
                vae.map(GenerateCommand::absolute).orElse(made.vae()),
                given.orElse(run.get().configuration().text()),
                ownOnly ? Optional.of(made.trainedWith()) : Optional.empty());
    }

    private Output output() {
        Path file = absolute(out.orElseGet(GenerateCommand::freeName));
        if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".mp4")) {
            throw refusal("expected a file name that ends with .mp4, found '%s'".formatted(file), "Correct --out");
        }
        if (!overwrite && Files.exists(file)) {
            throw refusal("'%s' is there already".formatted(file), "Give another --out, or --overwrite to replace it");
        }
        return new Output(file, overwrite ? Existing.REPLACED : Existing.KEPT);
    }

    private static Path freeName() {
        Path file = Path.of("generated.mp4");
        for (int number = 2; Files.exists(file); number++) {
            file = Path.of("generated-" + number + ".mp4");
        }
        return file;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    static WorkFailure refusal(String fact, String next) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot generate the video: %s. %s.".formatted(fact, next));
    }
}
